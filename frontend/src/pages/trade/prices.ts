/** Prices that the market's rules derive from others: how far an order may go, and what it locks. */

import {
  add,
  compare,
  decimal,
  larger,
  multiply,
  ONE,
  roundToStep,
  smaller,
  subtract,
  ZERO,
  type Decimal,
} from "../../money/decimal";
import type { Market } from "../../streams/frames";
import { positive, typed, type Draft } from "./draft";
import { KINDS, type Side } from "./kinds";

export interface Band {
  readonly lowest: Decimal;
  readonly highest: Decimal;
}

/** The prices that limit orders may have: within both bands, rounded inwards; null where any is allowed. */
export function priceBand(market: Market): Band | null {
  const moving = within(market.last_price ?? market.initial_price, market.price_band, market);
  const fixed = within(market.static_reference, market.static_band, market);
  if (moving === null || fixed === null) return moving ?? fixed;
  return { lowest: larger(moving.lowest, fixed.lowest), highest: smaller(moving.highest, fixed.highest) };
}

/** So large a part around the reference; null where one of them is missing. */
export function within(reference: string | null, part: string | null, market: Market): Band | null {
  if (reference === null || part === null) return null;
  const middle = decimal(reference);
  const tick = decimal(market.tick_size);
  return {
    lowest: roundToStep(multiply(middle, subtract(ONE, decimal(part))), tick, "up"),
    highest: roundToStep(multiply(middle, add(ONE, decimal(part))), tick, "down"),
  };
}

/** The trigger that a trailing stop begins with; null while its distance or the last price is not known. */
export function firstTrailingTrigger(draft: Draft, market: Market): Decimal | null {
  const part = trailingPart(draft.trailing);
  if (part === null || market.last_price === null) return null;
  const last = decimal(market.last_price);
  const tick = decimal(market.tick_size);
  return draft.side === "BUY"
    ? roundToStep(multiply(last, add(ONE, part)), tick, "down")
    : roundToStep(multiply(last, subtract(ONE, part)), tick, "up");
}

/** Percent as they were typed, as a part of one; null unless more than nothing and less than all. */
export function trailingPart(percent: string): Decimal | null {
  const number = typed(percent);
  if (number === null || number.units <= 0n) return null;
  const part = { units: number.units, scale: number.scale + 2 };
  return compare(part, ONE) < 0 ? part : null;
}

/** The price that ends the waiting, as things are now; null where there is none yet. */
export function triggerOf(draft: Draft, market: Market): Decimal | null {
  return draft.kind === "TRAILING_STOP" ? firstTrailingTrigger(draft, market) : positive(draft.trigger);
}

/** Whether the rules say how far an order without a limit may go. */
export function isBounded(market: Market): boolean {
  return market.protection !== null || market.price_band !== null;
}

/** How far from `price` the market lets an order without a limit go; null where the rules name no distance. */
export function farthestFrom(price: Decimal, side: Side, market: Market): Decimal | null {
  const part = market.protection ?? market.price_band;
  if (part === null) return null;
  const tick = decimal(market.tick_size);
  return side === "BUY"
    ? roundToStep(multiply(price, add(ONE, decimal(part))), tick, "down")
    : larger(ZERO, roundToStep(multiply(price, subtract(ONE, decimal(part))), tick, "up"));
}

/** The worst price at which a market order that came in now would trade; null where there is no such limit. */
export function worstMarketPrice(best: Decimal | undefined, side: Side, market: Market): Decimal | null {
  const band = priceBand(market);
  const end = band === null ? null : side === "BUY" ? band.highest : band.lowest;
  const guarded = best === undefined || market.protection === null ? null : farthestFrom(best, side, market);
  if (end === null || guarded === null) return end ?? guarded;
  return side === "BUY" ? smaller(end, guarded) : larger(end, guarded);
}

/**
 * What one unit of the base asset costs the buyer at most, by which its funds are locked; null where the draft does not tell, or
 * the market sets a market order no bound.
 */
export function lockedPerUnit(draft: Draft, market: Market): Decimal | null {
  const guarded = (trigger: Decimal | null): Decimal | null =>
    trigger === null ? null : farthestFrom(trigger, draft.side, market);
  switch (draft.kind) {
    case "OCO": {
      const limit = positive(draft.price);
      const stop = draft.stopPrice.trim() === "" ? guarded(positive(draft.trigger)) : positive(draft.stopPrice);
      return limit === null || stop === null ? null : larger(limit, stop);
    }
    case "STOP_MARKET":
    case "TAKE_PROFIT":
    case "TRAILING_STOP":
      return guarded(triggerOf(draft, market));
    case "MARKET":
      return null;
    default:
      return positive(draft.price);
  }
}

/** The price that a limit order, or what a waiting one becomes, names; null for those that name none. */
export function limitPrice(draft: Draft): Decimal | null {
  return KINDS[draft.kind].hasPrice ? positive(draft.price) : null;
}
