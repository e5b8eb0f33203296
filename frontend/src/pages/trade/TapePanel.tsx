import { memo } from "react";
import { showPrice, showQuantity } from "../../app/amounts";
import { useChanges, useFreshness, useTradesTopic } from "../../app/streams";
import { showClock } from "../../app/times";
import { Panel, Staleness } from "../../components/Panel";
import { Empty, Skeleton } from "../../components/States";
import type { Market, PublicTrade } from "../../streams/frames";
import styles from "./TapePanel.module.css";

/** The newest trades of the market, newest first. */
export function TapePanel({ market }: { market: Market }) {
  const topic = useTradesTopic(market.symbol);
  const version = useChanges(topic);
  const isFresh = useFreshness(topic);
  const { trades } = topic;
  return (
    <Panel title="Recent trades" aside={<Staleness topic={topic} />}>
      {version === 0 && trades.length === 0 && <Skeleton rows={10} label="Loading trades" />}
      {version > 0 && trades.length === 0 && <Empty title="No trade yet" />}
      {trades.length > 0 && (
        <div className={isFresh ? styles["scroll"] : `${styles["scroll"]} stale`} data-fresh={isFresh}>
          <table className={styles["table"]}>
            <caption className="visually-hidden">Recent trades, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Price ({market.quote})</th>
                <th scope="col">Quantity ({market.base})</th>
                <th scope="col">Time</th>
              </tr>
            </thead>
            <tbody>
              {trades.map((trade) => (
                <Row key={trade.id} market={market} trade={trade} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

const Row = memo(
  function Row({ market, trade }: { market: Market; trade: PublicTrade }) {
    const isBuy = trade.taker_side === "BUY";
    return (
      <tr>
        <td className={isBuy ? "up" : "down"}>
          <span className="arrow" aria-hidden="true">
            {isBuy ? "▲" : "▼"}
          </span>
          <span className="visually-hidden">{isBuy ? "Bought at " : "Sold at "}</span>
          {showPrice(market, trade.price)}
        </td>
        <td>{showQuantity(market, trade.quantity)}</td>
        <td className="faint">
          {trade.is_busted && (
            <abbr className={styles["mark"]} title="Busted: the exchange has undone this trade">
              B
            </abbr>
          )}
          {trade.is_house && (
            <abbr className={styles["mark"]} title="House trade: both sides trade for the exchange itself">
              H
            </abbr>
          )}
          {showClock(trade.executed_at)}
        </td>
      </tr>
    );
  },
  (before, after) =>
    before.trade.id === after.trade.id &&
    before.trade.is_busted === after.trade.is_busted &&
    before.market.symbol === after.market.symbol,
);
