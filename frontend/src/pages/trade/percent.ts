/** The amount that uses a part of what is available. */

import {
  decimal,
  decimalsOf,
  divide,
  multiply,
  ONE,
  roundToStep,
  smaller,
  toText,
  type Decimal,
} from "../../money/decimal";
import type { Book } from "../../streams/book";
import type { Market } from "../../streams/frames";
import { countsBase, type Draft } from "./draft";
import { lockedPerUnit } from "./prices";
import { sweep } from "./sweep";

/** Null where the draft does not tell: a purchase whose price is not known yet. */
export function amountForPercent(
  draft: Draft,
  market: Market,
  book: Book,
  spendable: Decimal,
  percent: bigint,
): string | null {
  const budget = multiply(spendable, { units: percent, scale: 2 });
  const lot = decimal(market.lot_size);
  const floor = (quantity: Decimal): Decimal => {
    const most = market.max_quantity === null ? quantity : smaller(quantity, decimal(market.max_quantity));
    return roundToStep(most, lot, "down");
  };
  if (draft.side === "SELL") {
    if (countsBase(draft)) return toText(floor(budget));
    return toText(trim(sweep(book.bids, "SELL", { quantity: floor(budget) }, lot).value, market));
  }
  const affordable = market.max_order_value === null ? budget : smaller(budget, decimal(market.max_order_value));
  if (!countsBase(draft)) return toText(trim(affordable, market));
  if (draft.kind === "MARKET") return toText(floor(sweep(book.asks, "BUY", { budget: affordable }, lot).quantity));
  const unit = lockedPerUnit(draft, market);
  return unit === null ? null : toText(floor(divide(affordable, unit, lot.scale, "down")));
}

function trim(value: Decimal, market: Market): Decimal {
  return divide(value, ONE, decimalsOf(decimal(market.tick_size)), "down");
}
