import { useOpenOrders } from "../../app/account";
import { useMarkets } from "../../app/queries";
import { Empty, Failure, Skeleton } from "../../components/States";
import { OpenOrderRow } from "./OpenOrderRow";
import { listed } from "./pairs";
import styles from "./tables.module.css";

/** Orders that rest or wait, of one market or of all, each with what can be done with it. */
export function OpenOrders({ symbol }: { symbol?: string | undefined }) {
  const { orders, isFresh, error, retry } = useOpenOrders(symbol);
  const { markets } = useMarkets();
  if (error !== null && orders === undefined) return <Failure error={error} onRetry={retry} />;
  if (orders === undefined || markets === undefined) return <Skeleton rows={4} label="Loading open orders" />;
  if (orders.length === 0) {
    return (
      <div className={isFresh ? undefined : "stale"}>
        <Empty title="No open orders">Orders that rest in the book or wait for a price are listed here.</Empty>
      </div>
    );
  }
  return (
    <div className={`table-scroll ${styles["frame"]}`}>
      <table
        className={`table ${styles["table"]} ${styles["open"]} ${isFresh ? "" : styles["old"]}`}
        data-fresh={isFresh}
      >
        <caption className="visually-hidden">Open orders</caption>
        <thead>
          <tr>
            <th scope="col">Market</th>
            <th scope="col" className={styles["extra"]}>
              Side
            </th>
            <th scope="col" className={styles["extra"]}>
              Type
            </th>
            <th scope="col" className="number">
              Price
            </th>
            <th scope="col" className={`number ${styles["extra"]}`}>
              Trigger
            </th>
            <th scope="col" className="number">
              Quantity
            </th>
            <th scope="col" className={`number ${styles["extra"]}`}>
              Filled
            </th>
            <th scope="col" className={`number ${styles["extra"]} ${styles["spacious"]}`}>
              Remaining value
            </th>
            <th scope="col" className={`${styles["extra"]} ${styles["spacious"]}`}>
              Placed
            </th>
            <th scope="col">
              <span className="visually-hidden">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {listed(orders).map(({ order, place }) => {
            const market = markets.find(({ symbol: known }) => known === order.symbol);
            return market && <OpenOrderRow key={order.id} order={order} market={market} place={place} />;
          })}
        </tbody>
      </table>
    </div>
  );
}
