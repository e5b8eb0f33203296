/** How orders are called on the page. */

import { Link } from "react-router";
import type { Order } from "../../streams/frames";

const STATUS_WORDS: Readonly<Record<Order["status"], readonly [word: string, look: string]>> = {
  PENDING: ["Pending", "warn"],
  OPEN: ["Open", "accent"],
  PARTIAL: ["Partly filled", "accent"],
  FILLED: ["Filled", "good"],
  CANCELLED: ["Cancelled", ""],
  REJECTED: ["Rejected", "bad"],
  EXPIRED: ["Expired", ""],
};

export const TYPE_WORDS: Readonly<Record<Order["type"], string>> = { LIMIT: "Limit", MARKET: "Market" };

export function SideName({ side }: { side: "BUY" | "SELL" }) {
  return <span className={side === "BUY" ? "up" : "down"}>{side === "BUY" ? "Buy" : "Sell"}</span>;
}

export function TypeName({ order }: { order: Order }) {
  const name = TYPE_WORDS[order.type];
  const extra = order.post_only
    ? "post-only"
    : order.type === "LIMIT" && order.time_in_force !== "GTC"
      ? order.time_in_force
      : "";
  return (
    <>
      {name}
      {extra !== "" && <span className="faint"> {extra}</span>}
    </>
  );
}

export function StatusName({ status }: { status: Order["status"] }) {
  const [word, look] = STATUS_WORDS[status];
  return <span className={`badge ${look}`}>{word}</span>;
}

export function MarketName({ symbol }: { symbol: string }) {
  return <Link to={`/trade/${symbol}`}>{symbol.replace("-", "/")}</Link>;
}
