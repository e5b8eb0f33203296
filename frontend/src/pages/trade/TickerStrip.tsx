import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { showPrice, showQuantity, showVolume, volumeOf, NO_VALUE } from "../../app/amounts";
import { useLastPrice } from "../../app/lastPrice";
import { leaveOutHouseVolume } from "../../app/preferences";
import { useMarkets, useTickers } from "../../app/queries";
import { useFreshness, useStreamedTicker, useTickerTopic, useValue } from "../../app/streams";
import { Change } from "../../components/Change";
import { Staleness } from "../../components/Panel";
import { MarketState } from "../../components/MarketState";
import { decimal, subtract } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import styles from "./TickerStrip.module.css";

/** Which market, and its last 24 hours. */
export function TickerStrip({ market }: { market: Market }) {
  const tickers = useTickers();
  const topic = useTickerTopic();
  const isFresh = useFreshness(topic);
  const isHouseLeftOut = useValue(leaveOutHouseVolume);
  const streamed = useStreamedTicker(market.symbol);
  const ticker = streamed ?? tickers.data?.find((candidate) => candidate.symbol === market.symbol);
  const last = useLastPrice(market);
  const volumeName = isHouseLeftOut ? "24h volume without house" : "24h volume";
  const baseVolume =
    ticker === undefined
      ? null
      : isHouseLeftOut
        ? subtract(decimal(ticker.volume), decimal(ticker.house_volume))
        : decimal(ticker.volume);
  return (
    <section className={styles["strip"]} aria-label="Market" data-fresh={isFresh}>
      <MarketChoice market={market} />
      <MarketState market={market} />
      <dl className={styles["facts"]}>
        <Fact name="Last price" isMain>
          <strong className={last.look}>{showPrice(market, last.price)}</strong>
        </Fact>
        <Fact name="24h change">
          <Change percent={ticker?.change_percent} />
        </Fact>
        <Fact name="24h high">{showPrice(market, ticker?.high)}</Fact>
        <Fact name="24h low">{showPrice(market, ticker?.low)}</Fact>
        <Fact name={`${volumeName}, ${market.base}`}>
          {baseVolume === null ? NO_VALUE : showQuantity(market, baseVolume)}
        </Fact>
        <Fact name={`${volumeName}, ${market.quote}`}>
          {ticker === undefined ? NO_VALUE : showVolume(market, volumeOf(ticker, isHouseLeftOut))}
        </Fact>
      </dl>
      <Staleness topic={topic} />
    </section>
  );
}

function Fact({ name, children, isMain = false }: { name: string; children: ReactNode; isMain?: boolean }) {
  return (
    <div className={isMain ? styles["main"] : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function MarketChoice({ market }: { market: Market }) {
  const { markets } = useMarkets();
  const navigate = useNavigate();
  return (
    <div className={styles["choice"]}>
      <label>
        <span className="visually-hidden">Choose a market</span>
        <select
          className="select"
          value={market.symbol}
          onChange={(event) => void navigate(`/trade/${event.target.value}`)}
        >
          {(markets ?? [market]).map((listed) => (
            <option key={listed.symbol} value={listed.symbol}>
              {listed.base}/{listed.quote}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
