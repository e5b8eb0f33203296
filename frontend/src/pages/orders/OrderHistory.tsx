import { explainReason } from "../../api/errors";
import { showPrice, showQuantity, showValue } from "../../app/amounts";
import { useMarkets, useOrderHistory, type HistoryFilter } from "../../app/queries";
import { showMoment } from "../../app/times";
import { Empty, Failure, Skeleton } from "../../components/States";
import type { Market, Order } from "../../streams/frames";
import { MoreButton } from "./MoreButton";
import styles from "./tables.module.css";
import { MarketName, SideName, StatusName, TypeName } from "./words";

/** All orders that fit, newest first, page by page. */
export function OrderHistory({ filter }: { filter: HistoryFilter }) {
  const query = useOrderHistory(filter);
  const { rows, error, refetch } = query;
  const { markets } = useMarkets();
  if (error !== null && rows === undefined) return <Failure error={error} onRetry={() => void refetch()} />;
  if (rows === undefined || markets === undefined) return <Skeleton rows={5} label="Loading orders" />;
  if (rows.length === 0) return <Empty title="No orders here yet" />;
  return (
    <div className="table-scroll">
      <table className={`table ${styles["table"]}`}>
        <caption className="visually-hidden">Order history</caption>
        <thead>
          <tr>
            <th scope="col">Placed</th>
            <th scope="col">Market</th>
            <th scope="col">Side</th>
            <th scope="col">Type</th>
            <th scope="col" className="number">
              Price
            </th>
            <th scope="col" className="number">
              Quantity
            </th>
            <th scope="col" className="number">
              Filled
            </th>
            <th scope="col" className="number">
              Average
            </th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((order) => (
            <Row key={order.id} order={order} market={markets.find((market) => market.symbol === order.symbol)} />
          ))}
        </tbody>
      </table>
      <MoreButton query={query} />
    </div>
  );
}

function Row({ order, market }: { order: Order; market: Market | undefined }) {
  if (market === undefined) return null;
  const wanted =
    order.quantity === null
      ? `${showValue(market, order.quote_amount)} ${market.quote}`
      : showQuantity(market, order.quantity);
  const reason = explainReason(order.reason);
  return (
    <tr>
      <td className="soft">{showMoment(order.created_at)}</td>
      <td>
        <MarketName symbol={order.symbol} />
      </td>
      <td>
        <SideName side={order.side} />
      </td>
      <td>
        <TypeName order={order} />
      </td>
      <td className="number">
        {order.price === null ? <span className="faint">Market</span> : showPrice(market, order.price)}
      </td>
      <td className="number">{wanted}</td>
      <td className="number">{showQuantity(market, order.filled_quantity)}</td>
      <td className="number">{showPrice(market, order.average_price)}</td>
      <td>
        <span title={reason ?? undefined}>
          <StatusName status={order.status} />
        </span>
        {reason !== null && <span className={styles["reason"]}>{reason}</span>}
      </td>
    </tr>
  );
}
