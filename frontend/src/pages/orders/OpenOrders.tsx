import { useState } from "react";
import { answered, api } from "../../api/client";
import { explain } from "../../api/errors";
import { useOpenOrders } from "../../app/account";
import { showPrice, showQuantity, showValue } from "../../app/amounts";
import { refreshHistory, useMarkets } from "../../app/queries";
import { showMoment } from "../../app/times";
import { Dialog } from "../../components/Dialog";
import { notify } from "../../components/notices";
import { Empty, Failure, Skeleton } from "../../components/States";
import { decimal, multiply, subtract, thousandths } from "../../money/decimal";
import type { Market, Order } from "../../streams/frames";
import { MarketName, SideName, TypeName } from "./words";
import styles from "./tables.module.css";

/** Orders in the book, of one market or of all, each with its cancel. */
export function OpenOrders({ symbol }: { symbol?: string | undefined }) {
  const { orders, isFresh, error, retry } = useOpenOrders(symbol);
  const { markets } = useMarkets();
  if (error !== null && orders === undefined) return <Failure error={error} onRetry={retry} />;
  if (orders === undefined || markets === undefined) return <Skeleton rows={4} label="Loading open orders" />;
  if (orders.length === 0) {
    return (
      <div className={isFresh ? undefined : "stale"}>
        <Empty title="No open orders">Limit orders that have not traded in full wait here.</Empty>
      </div>
    );
  }
  return (
    <div className="table-scroll">
      <table
        className={`table ${styles["table"]} ${styles["open"]} ${isFresh ? "" : styles["old"]}`}
        data-fresh={isFresh}
      >
        <caption className="visually-hidden">Open orders</caption>
        <thead>
          <tr>
            <th scope="col">Market</th>
            <th scope="col">Side</th>
            <th scope="col" className={styles["extra"]}>
              Type
            </th>
            <th scope="col" className="number">
              Price
            </th>
            <th scope="col" className="number">
              Quantity
            </th>
            <th scope="col" className={`number ${styles["extra"]}`}>
              Filled
            </th>
            <th scope="col" className={`number ${styles["extra"]}`}>
              Remaining value
            </th>
            <th scope="col" className={styles["extra"]}>
              Placed
            </th>
            <th scope="col">
              <span className="visually-hidden">Cancel</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => {
            const market = markets.find(({ symbol: listed }) => listed === order.symbol);
            return market && <Row key={order.id} order={order} market={market} />;
          })}
        </tbody>
      </table>
    </div>
  );
}

function Row({ order, market }: { order: Order; market: Market }) {
  const [isCancelling, setCancelling] = useState(false);
  const quantity = decimal(order.quantity ?? "0");
  const filled = decimal(order.filled_quantity);
  const remaining = subtract(quantity, filled);

  async function cancel(): Promise<void> {
    setCancelling(true);
    try {
      const path = { order_id: order.id };
      const answer = await answered(api.DELETE("/api/v1/orders/{order_id}", { params: { path } }));
      const what = `${order.symbol.replace("-", "/")}: ${showQuantity(market, remaining)} ${market.base}`;
      if (answer.status === "CANCELLED") notify("plain", "Order cancelled", `${what} taken back.`);
      else notify("plain", "Cancel accepted", `${what}: the market will take it back in a moment.`);
    } catch (error) {
      notify("bad", "The order was not cancelled", explain(error));
      setCancelling(false);
    }
    refreshHistory();
  }

  return (
    <tr>
      <td>
        <MarketName symbol={order.symbol} />
      </td>
      <td>
        <SideName side={order.side} />
      </td>
      <td className={styles["extra"]}>
        <TypeName order={order} />
      </td>
      <td className="number">{showPrice(market, order.price)}</td>
      <td className="number">{showQuantity(market, quantity)}</td>
      <td className={`number ${styles["extra"]}`}>
        {showQuantity(market, filled)}{" "}
        <span className="faint">{(thousandths(filled, quantity) / 10n).toString()} %</span>
      </td>
      <td className={`number ${styles["extra"]}`}>
        {order.price === null ? "–" : `${showValue(market, multiply(decimal(order.price), remaining))} ${market.quote}`}
      </td>
      <td className={`soft ${styles["extra"]}`}>{showMoment(order.created_at)}</td>
      <td className="number">
        <button
          type="button"
          className="button tiny"
          disabled={isCancelling}
          aria-label={`Cancel order: ${order.side === "BUY" ? "buy" : "sell"} ${showQuantity(market, quantity)} ${market.base} at ${showPrice(market, order.price)}`}
          onClick={() => void cancel()}
        >
          {isCancelling ? "Cancelling…" : "Cancel"}
        </button>
      </td>
    </tr>
  );
}

/** Cancels every open order of one market or of all, after asking. Nothing where there is none. */
export function CancelAll({ symbol }: { symbol?: string | undefined }) {
  const { orders } = useOpenOrders(symbol);
  const [isAsking, setAsking] = useState(false);
  const [isCancelling, setCancelling] = useState(false);
  if (orders === undefined || orders.length === 0) return null;
  const symbols = [...new Set(orders.map((order) => order.symbol))];
  const what = orders.length === 1 ? "1 open order" : `${orders.length} open orders`;

  async function cancelAll(): Promise<void> {
    setCancelling(true);
    try {
      for (const each of symbols) await answered(api.DELETE("/api/v1/orders", { params: { query: { symbol: each } } }));
      notify("plain", "Orders cancelled", `${what} taken back.`);
    } catch (error) {
      notify("bad", "Not every order was cancelled", explain(error));
    }
    setCancelling(false);
    setAsking(false);
    refreshHistory();
  }

  return (
    <>
      <button type="button" className="button tiny" onClick={() => setAsking(true)}>
        Cancel all
      </button>
      {isAsking && (
        <Dialog title={`Cancel ${what}?`} onClose={() => setAsking(false)}>
          <p className="soft">
            In {symbols.map((each) => each.replace("-", "/")).join(", ")}. What has traded stays traded; the rest is
            available again.
          </p>
          <div className={styles["buttons"]}>
            <button type="button" className="button" onClick={() => setAsking(false)}>
              Keep them
            </button>
            <button type="button" className="button danger" disabled={isCancelling} onClick={() => void cancelAll()}>
              {isCancelling ? "Cancelling…" : "Cancel all orders"}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
