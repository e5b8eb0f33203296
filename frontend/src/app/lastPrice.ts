import type { Market } from "../streams/frames";
import { useChanges, useStreamedTicker, useTradesTopic } from "./streams";

export interface LastPrice {
  readonly price: string | null;
  /** What the last taker did; empty while nobody has traded. */
  readonly look: "up" | "down" | "";
}

/** The price of the market's newest trade, the same everywhere on the desk. */
export function useLastPrice(market: Market): LastPrice {
  const topic = useTradesTopic(market.symbol);
  useChanges(topic);
  const ticker = useStreamedTicker(market.symbol);
  const newest = topic.trades[0];
  if (newest !== undefined) return { price: newest.price, look: newest.taker_side === "BUY" ? "up" : "down" };
  return { price: ticker?.last ?? market.last_price, look: "" };
}
