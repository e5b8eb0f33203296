/** What an order would trade against the book as it is seen now. An estimate: the book moves. */

import {
  add,
  compare,
  divide,
  HUNDRED,
  larger,
  multiply,
  roundToStep,
  smaller,
  subtract,
  ZERO,
  type Decimal,
} from "../../money/decimal";
import type { PriceLevel } from "../../streams/book";

export interface Sweep {
  readonly quantity: Decimal;
  /** Paid or received in the quote asset, before fees. */
  readonly value: Decimal;
  /** Price of the last level reached; null where nothing would trade. */
  readonly worst: Decimal | null;
  readonly best: Decimal | null;
  /** Whether all that was asked for would trade. */
  readonly isComplete: boolean;
}

export interface Wish {
  readonly quantity?: Decimal;
  /** In the quote asset, instead of a quantity. */
  readonly budget?: Decimal;
  /** Only levels at this price or better. */
  readonly limit?: Decimal;
}

/** Walk through `levels`, best first: the asks for a buyer, the bids for a seller. Quantities are whole lots. */
export function sweep(levels: readonly PriceLevel[], side: "BUY" | "SELL", wish: Wish, lot: Decimal): Sweep {
  let quantity = ZERO;
  let value = ZERO;
  let worst: Decimal | null = null;
  const best = levels[0]?.price ?? null;
  for (const level of levels) {
    if (wish.limit !== undefined && compare(level.price, wish.limit) === (side === "BUY" ? 1 : -1)) break;
    let part = level.quantity;
    if (wish.quantity !== undefined) part = smaller(part, subtract(wish.quantity, quantity));
    if (wish.budget !== undefined) {
      const left = subtract(wish.budget, value);
      part = smaller(part, roundToStep(divide(left, level.price, lot.scale, "down"), lot, "down"));
    }
    if (part.units <= 0n) return { quantity, value, worst, best, isComplete: worst !== null };
    quantity = add(quantity, part);
    value = add(value, multiply(part, level.price));
    worst = level.price;
    if (compare(part, level.quantity) < 0) return { quantity, value, worst, best, isComplete: true };
  }
  return {
    quantity,
    value,
    worst,
    best,
    isComplete: wish.quantity !== undefined && compare(quantity, wish.quantity) === 0,
  };
}

/** How far the worst price is from the best one, in percent of it. */
export function slippage({ best, worst }: Sweep): Decimal {
  if (best === null || worst === null) return ZERO;
  const away = subtract(larger(best, worst), smaller(best, worst));
  return divide(multiply(away, HUNDRED), best, 2, "half");
}
