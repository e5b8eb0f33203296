/** How orders are called on the page. */

import { Link } from "react-router";
import { showPrice, showQuantity, showValue } from "../../app/amounts";
import { showMoment } from "../../app/times";
import { decimal, format, HUNDRED, multiply } from "../../money/decimal";
import type { Market, Order } from "../../streams/frames";
import { KINDS, triggersRising, waits } from "../trade/kinds";

const STATUS_WORDS: Readonly<Record<Order["status"], readonly [word: string, look: string]>> = {
  PENDING: ["Pending", "warn"],
  OPEN: ["Open", "accent"],
  PARTIAL: ["Partly filled", "accent"],
  FILLED: ["Filled", "good"],
  CANCELLED: ["Cancelled", ""],
  REJECTED: ["Rejected", "bad"],
  EXPIRED: ["Expired", ""],
};

export const TYPE_WORDS: Readonly<Record<Order["type"], string>> = {
  LIMIT: KINDS.LIMIT.label,
  MARKET: KINDS.MARKET.label,
  ICEBERG: KINDS.ICEBERG.label,
  STOP_LIMIT: KINDS.STOP_LIMIT.label,
  STOP_MARKET: KINDS.STOP_MARKET.label,
  TAKE_PROFIT_LIMIT: KINDS.TAKE_PROFIT_LIMIT.label,
  TAKE_PROFIT: KINDS.TAKE_PROFIT.label,
  TRAILING_STOP: KINDS.TRAILING_STOP.label,
};

export function SideName({ side }: { side: "BUY" | "SELL" }) {
  return <span className={side === "BUY" ? "up" : "down"}>{side === "BUY" ? "Buy" : "Sell"}</span>;
}

/** The type of an order and what was asked of it besides. */
export function TypeName({ order }: { order: Order }) {
  const extras = extraWords(order);
  return (
    <>
      {TYPE_WORDS[order.type]}
      {extras !== "" && <span className="faint"> {extras}</span>}
    </>
  );
}

/** "post-only, till 28 Nov, 12:00:00": what was asked of the order beside its type; often nothing. */
export function extraWords(order: Order): string {
  return [order.post_only ? "post-only" : "", timeWords(order)].filter((words) => words !== "").join(", ");
}

/** How long it is good for, where that is not until it is cancelled. */
function timeWords(order: Order): string {
  if (order.type === "MARKET" || order.time_in_force === "GTC") return "";
  if (order.time_in_force !== "GTD") return order.time_in_force;
  return order.good_till === null ? "" : `till ${showMoment(order.good_till)}`;
}

export function StatusName({ status }: { status: Order["status"] }) {
  const [word, look] = STATUS_WORDS[status];
  return <span className={`badge ${look}`}>{word}</span>;
}

export function MarketName({ symbol }: { symbol: string }) {
  return <Link to={`/trade/${symbol}`}>{symbol.replace("-", "/")}</Link>;
}

/** How much was asked for: of the base asset, or of the quote asset. */
export function amountWords(order: Order, market: Market): string {
  return order.quantity === null
    ? `${showValue(market, order.quote_amount)} ${market.quote}`
    : showQuantity(market, order.quantity);
}

/** "≤ 95.00": the last price that ends, or ended, the waiting; null of an order that never waited. */
export function triggerWords(order: Order, market: Market): string | null {
  if (!waits(order.type) || order.trigger_price === null) return null;
  return `${triggersRising(order.type, order.side) ? "≥" : "≤"} ${showPrice(market, order.trigger_price)}`;
}

/** A trailing stop's distance: "1.5 %". */
export function distanceWords(order: Order): string | null {
  if (order.trailing_delta === null) return null;
  return `${format(multiply(decimal(order.trailing_delta), HUNDRED), { decimals: 4, least: 0 })} %`;
}
