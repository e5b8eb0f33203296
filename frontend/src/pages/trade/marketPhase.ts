/** What the market's state means for a new order. */

import { showClock } from "../../app/times";
import type { Market } from "../../streams/frames";
import { isPostOnly, timeInForce, type Draft } from "./draft";
import { KINDS, TIMES } from "./kinds";

/** Orders are collected and trade together later, at one price. */
export function isCollecting(market: Market): boolean {
  return market.state === "PRE_OPEN" || market.state === "AUCTION";
}

function until(market: Market): string {
  return market.state_until === null ? "" : ` until ${showClock(market.state_until)}`;
}

/** Why the market takes no order at all; null where it takes some. */
export function closedReason(market: Market): string | null {
  const name = `${market.base}/${market.quote}`;
  const reason = market.state_reason === "" ? "" : ` Reason: ${reasonWords(market.state_reason)}.`;
  const rest = "New orders are not taken; open ones can be cancelled.";
  switch (market.state) {
    case "HALTED":
      return `${name} is halted${until(market)}.${reason} ${rest}`;
    case "CLOSED":
      return `${name} is closed.${reason} ${rest}`;
    case "CANCEL_ONLY":
      return `${name} takes cancels only.${reason} ${rest}`;
    default:
      return null;
  }
}

/** What happens while orders are collected; null in every other state. */
export function collectingNote(market: Market): string | null {
  const name = `${market.base}/${market.quote}`;
  if (market.state === "PRE_OPEN") {
    return `${name} is not open yet. Orders are collected and trade together, at one price, when it opens.`;
  }
  if (market.state !== "AUCTION") return null;
  const end = market.state_until === null ? "when it ends" : `at ${showClock(market.state_until)}`;
  return `${name} is in an auction. Orders are collected and trade together, at one price, ${end}.`;
}

export interface Phase {
  readonly title: string;
  /** What the countdown is to; null where the market does not go on by itself. */
  readonly next: string | null;
  /** In words; empty where there is none. */
  readonly reason: string;
}

/** What a market is in that will trade again; null while it trades, and where nobody knows whether it will. */
export function phaseOf(market: Market): Phase | null {
  const ends = market.state_until !== null;
  const reason = market.state_reason === "" ? "" : reasonWords(market.state_reason);
  switch (market.state) {
    case "PRE_OPEN":
      return { title: "Not open yet", next: ends ? "Opens in" : null, reason };
    case "AUCTION":
      return { title: "Auction", next: ends ? "Orders trade in" : null, reason };
    case "HALTED": {
      const hasAuction = (market.circuit_breaker?.auction_seconds ?? 0) > 0;
      return { title: "Halted", next: ends ? (hasAuction ? "Auction begins in" : "Goes on in") : null, reason };
    }
    default:
      return null;
  }
}

/** Why this order cannot be collected; null where it can, and in every other state. */
export function notCollectedReason(draft: Draft, market: Market): string | null {
  if (!isCollecting(market)) return null;
  const time = timeInForce(draft);
  const what =
    draft.kind === "MARKET"
      ? "A market order"
      : draft.kind === "OCO"
        ? "A pair of orders"
        : time === "IOC" || time === "FOK"
          ? `An order with “${TIMES[time].toLowerCase()}”`
          : isPostOnly(draft)
            ? "A post-only order"
            : null;
  return what === null ? null : `${what} is not taken until ${market.base}/${market.quote} trades.`;
}

/** Whether the kind is never taken while orders are collected, whatever its options are. */
export function isKindClosed(kind: Draft["kind"], market: Market): boolean {
  return isCollecting(market) && KINDS[kind].times.length === 0;
}

/** A reason that the exchange itself gave is a code; one of its staff is a sentence. */
function reasonWords(reason: string): string {
  const known: Readonly<Record<string, string>> = {
    CIRCUIT_BREAKER: "the price moved too far in a short time",
    AFTER_HALT: "it reopens after a halt",
  };
  return known[reason] ?? reason;
}
