import type { Market } from "../streams/frames";

const WORDS: Readonly<Record<Market["state"], string>> = {
  TRADING: "Trading",
  PRE_OPEN: "Pre-open",
  AUCTION: "Auction",
  CANCEL_ONLY: "Cancel only",
  HALTED: "Halted",
  CLOSED: "Closed",
};

/** Nothing while a market trades: only what differs needs a word. */
export function MarketState({ market }: { market: Market }) {
  if (market.state === "TRADING") return null;
  return (
    <span className={market.state === "CLOSED" ? "badge" : "badge warn"} title={market.state_reason}>
      {WORDS[market.state]}
    </span>
  );
}
