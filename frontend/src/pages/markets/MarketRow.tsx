import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { Link, useNavigate } from "react-router";
import { answered, api } from "../../api/client";
import { showPrice, showVolume, volumeOf, NO_VALUE } from "../../app/amounts";
import { useStreamedTicker } from "../../app/streams";
import { Sparkline } from "../../chart/Sparkline";
import { Change } from "../../components/Change";
import { MarketState } from "../../components/MarketState";
import type { Market, Ticker } from "../../streams/frames";
import styles from "./MarketsPage.module.css";

interface Props {
  readonly market: Market;
  /** What REST said, until the stream does. */
  readonly fallback: Ticker | undefined;
  readonly isFresh: boolean;
  readonly isHouseLeftOut: boolean;
}

const CANDLES_OF_A_DAY = 288;
const REFRESH_MS = 5 * 60_000;

export const MarketRow = memo(function MarketRow({ market, fallback, isFresh, isHouseLeftOut }: Props) {
  const streamed = useStreamedTicker(market.symbol);
  const navigate = useNavigate();
  const ticker = streamed ?? fallback;
  const look = isFresh ? "number" : "number stale";
  const address = `/trade/${market.symbol}`;
  return (
    <tr className={styles["row"]} onClick={() => void navigate(address)}>
      <th scope="row">
        <Link to={address} className={styles["symbol"]} onClick={(event) => event.stopPropagation()}>
          <strong>{market.base}</strong>
          <span className="faint">/{market.quote}</span>
        </Link>
        <MarketState market={market} />
      </th>
      <td className={look}>{showPrice(market, ticker?.last ?? market.last_price)}</td>
      <td className={look}>
        <Change percent={ticker?.change_percent} />
      </td>
      <td className={`${look} ${styles["extra"]}`}>{showPrice(market, ticker?.high)}</td>
      <td className={`${look} ${styles["extra"]}`}>{showPrice(market, ticker?.low)}</td>
      <td className={`${look} ${styles["wide"]}`}>
        {ticker === undefined ? NO_VALUE : showVolume(market, volumeOf(ticker, isHouseLeftOut))}{" "}
        <span className="faint">{market.quote}</span>
      </td>
      <td className={styles["extra"]}>
        <DayLine symbol={market.symbol} isUp={!(ticker?.change ?? "").startsWith("-")} />
      </td>
      <td className={`number ${styles["extra"]}`}>
        <span className="button tiny" aria-hidden="true">
          Trade
        </span>
      </td>
    </tr>
  );
});

function DayLine({ symbol, isUp }: { symbol: string; isUp: boolean }) {
  const { data } = useQuery({
    queryKey: ["day", symbol],
    queryFn: async () =>
      (
        await answered(
          api.GET("/api/v1/markets/{symbol}/candles", {
            params: { path: { symbol }, query: { interval: "5m", limit: CANDLES_OF_A_DAY } },
          }),
        )
      ).items,
    refetchInterval: REFRESH_MS,
    staleTime: REFRESH_MS,
  });
  return <Sparkline closes={data?.map((candle) => candle.close) ?? []} isUp={isUp} />;
}
