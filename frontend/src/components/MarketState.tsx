import type { Market } from "../streams/frames";

const WORDS = { TRADING: "Trading", HALTED: "Halted", CLOSED: "Closed" } as const;

/** Nothing while a market trades: only what differs needs a word. */
export function MarketState({ market }: { market: Market }) {
  if (market.state === "TRADING") return null;
  return (
    <span className={market.state === "HALTED" ? "badge warn" : "badge"} title={market.state_reason}>
      {WORDS[market.state]}
    </span>
  );
}
