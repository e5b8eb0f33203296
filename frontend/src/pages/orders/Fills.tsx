import { showFee, showPrice, showQuantity, showValue } from "../../app/amounts";
import { useFills, useMarkets, type Fill, type FillFilter } from "../../app/queries";
import { showMoment } from "../../app/times";
import { Empty, Failure, Skeleton } from "../../components/States";
import type { Market } from "../../streams/frames";
import { MoreButton } from "./MoreButton";
import styles from "./tables.module.css";
import { MarketName, SideName } from "./words";

/** One's own side of trades, newest first, page by page. */
export function Fills({ filter }: { filter: FillFilter }) {
  const query = useFills(filter);
  const { rows, error, refetch } = query;
  const { markets } = useMarkets();
  if (error !== null && rows === undefined) return <Failure error={error} onRetry={() => void refetch()} />;
  if (rows === undefined || markets === undefined) return <Skeleton rows={5} label="Loading fills" />;
  if (rows.length === 0) return <Empty title="No fills yet">Each part of an order that trades is listed here.</Empty>;
  return (
    <div className="table-scroll">
      <table className={`table ${styles["table"]}`}>
        <caption className="visually-hidden">Fills</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Market</th>
            <th scope="col">Side</th>
            <th scope="col" className="number">
              Price
            </th>
            <th scope="col" className="number">
              Quantity
            </th>
            <th scope="col" className="number">
              Value
            </th>
            <th scope="col" className="number">
              Fee
            </th>
            <th scope="col">Role</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((fill) => (
            <Row
              key={`${fill.id} ${fill.role}`}
              fill={fill}
              market={markets.find((market) => market.symbol === fill.symbol)}
            />
          ))}
        </tbody>
      </table>
      <MoreButton query={query} />
    </div>
  );
}

function Row({ fill, market }: { fill: Fill; market: Market | undefined }) {
  if (market === undefined) return null;
  return (
    <tr className={fill.is_busted ? styles["undone"] : undefined}>
      <td className="soft">{showMoment(fill.executed_at)}</td>
      <td>
        <MarketName symbol={fill.symbol} />
      </td>
      <td>
        <SideName side={fill.side} />
      </td>
      <td className="number">{showPrice(market, fill.price)}</td>
      <td className="number">{showQuantity(market, fill.quantity)}</td>
      <td className="number">
        {showValue(market, fill.quote_amount)} {market.quote}
      </td>
      <td className="number">
        {showFee(fill.fee)} {fill.fee_asset}
      </td>
      <td className="soft">
        {fill.role === "MAKER" ? "Maker" : "Taker"}
        {fill.is_busted && (
          <span
            className={`badge warn ${styles["mark"]}`}
            title="The exchange has undone this trade: what it moved has gone back, and so has its fee."
          >
            Busted
          </span>
        )}
      </td>
    </tr>
  );
}
