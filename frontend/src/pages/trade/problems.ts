/** What is wrong with a draft as far as the page can tell. The exchange checks all of it again. */

import { showHolding, showPrice, showQuantity } from "../../app/amounts";
import { compare, decimal, divide, format, isMultiple, multiply, ONE, type Decimal } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import { countsBase, entriesOf, goodTill, positive, spentAsset, typed, type Draft, type EntryName } from "./draft";
import { KINDS, triggersRising, waits } from "./kinds";
import { isBounded, limitPrice, lockedPerUnit, priceBand, trailingPart, within, type Band } from "./prices";

export type Problems = Partial<Record<EntryName, string>>;

/** What is wrong with what was typed so far; nothing about what is still empty. */
export function problemsOf(draft: Draft, market: Market, spendable: Decimal | undefined): Problems {
  const problems: Problems = {};
  for (const entry of entriesOf(draft)) {
    const problem = problemOf(entry, draft, market, spendable);
    if (problem !== null) problems[entry] = problem;
  }
  return problems;
}

function problemOf(entry: EntryName, draft: Draft, market: Market, spendable: Decimal | undefined): string | null {
  if (entry === "goodTill") return goodTillProblem(draft);
  const number = typed(draft[entry]);
  const problem = entryProblem(draft[entry], number);
  if (problem !== null || number === null) return problem;
  switch (entry) {
    case "price":
      return stepProblem(number, market) ?? bandProblem(number, draft, market);
    case "trigger":
      return stepProblem(number, market) ?? triggerProblem(number, draft, market);
    case "stopPrice":
      return stepProblem(number, market);
    case "trailing":
      return trailingProblem(draft);
    case "amount":
      return amountProblem(number, draft, market, spendable);
    case "shown":
      return shownProblem(number, draft, market);
  }
}

/** What is wrong with what was typed as a number. */
export function entryProblem(text: string, number: Decimal | null): string | null {
  if (text.trim() === "") return null;
  if (number === null) return "Write digits and a point, like 1250.5";
  return number.units <= 0n ? "Must be more than zero." : null;
}

/** What is wrong with a price by itself. */
export function stepProblem(price: Decimal, market: Market): string | null {
  const step = decimal(market.tick_size);
  return isMultiple(price, step) ? null : `Must be a multiple of ${format(step)}.`;
}

/** A price that waits is held against the band when its time comes. */
function bandProblem(price: Decimal, draft: Draft, market: Market): string | null {
  return draft.kind === "LIMIT" || draft.kind === "ICEBERG" || draft.kind === "OCO"
    ? outOfBandProblem(price, market)
    : null;
}

export function outOfBandProblem(price: Decimal, market: Market): string | null {
  const band = priceBand(market);
  if (band === null || isInside(price, band)) return null;
  const fixed = within(market.static_reference, market.static_band, market);
  const bounds = `Must be between ${showPrice(market, band.lowest)} and ${showPrice(market, band.highest)}.`;
  if (fixed === null || isInside(price, fixed)) return bounds;
  return `${bounds} The market's fixed band is around ${showPrice(market, market.static_reference)}.`;
}

function isInside(price: Decimal, band: Band): boolean {
  return compare(price, band.lowest) >= 0 && compare(price, band.highest) <= 0;
}

function triggerProblem(trigger: Decimal, draft: Draft, market: Market): string | null {
  if (market.last_price === null) return null;
  const isAbove = triggersRising(draft.kind, draft.side);
  if (compare(trigger, decimal(market.last_price)) === (isAbove ? 1 : -1)) return null;
  return `Must be ${isAbove ? "above" : "below"} the last price, ${showPrice(market, market.last_price)}.`;
}

const TRAILING_DECIMALS = 4;

function trailingProblem(draft: Draft): string | null {
  const percent = typed(draft.trailing);
  if (percent === null) return null;
  if (trailingPart(draft.trailing) === null) return "Must be less than 100 %.";
  const rounded = divide(percent, ONE, TRAILING_DECIMALS, "down");
  return compare(percent, rounded) === 0 ? null : "At most four digits behind the point.";
}

/** What is wrong with a quantity of the base asset by itself. */
export function quantityProblem(quantity: Decimal, market: Market): string | null {
  const step = decimal(market.lot_size);
  if (!isMultiple(quantity, step)) return `Must be a multiple of ${format(step)} ${market.base}.`;
  if (market.min_quantity !== null && compare(quantity, decimal(market.min_quantity)) < 0) {
    return `At least ${showQuantity(market, market.min_quantity)} ${market.base}.`;
  }
  if (market.max_quantity !== null && compare(quantity, decimal(market.max_quantity)) > 0) {
    return `At most ${format(decimal(market.max_quantity))} ${market.base}.`;
  }
  return null;
}

export function leastValueProblem(value: Decimal, market: Market): string | null {
  if (market.min_notional === null || compare(value, decimal(market.min_notional)) >= 0) return null;
  return `The order must be worth at least ${format(decimal(market.min_notional))} ${market.quote}.`;
}

export function greatestValueProblem(value: Decimal, market: Market): string | null {
  if (market.max_order_value === null || compare(value, decimal(market.max_order_value)) <= 0) return null;
  return `The order may be worth at most ${format(decimal(market.max_order_value))} ${market.quote}.`;
}

function amountProblem(amount: Decimal, draft: Draft, market: Market, spendable: Decimal | undefined): string | null {
  const isBase = countsBase(draft);
  const price = limitPrice(draft);
  const stated = isBase ? (price === null ? null : multiply(price, amount)) : amount;
  const locked = lockedQuote(draft, market);
  return (
    unboundedProblem(draft, market) ??
    (isBase ? quantityProblem(amount, market) : null) ??
    (stated === null ? null : (leastValueProblem(stated, market) ?? greatestValueProblem(stated, market))) ??
    (locked === null ? null : greatestValueProblem(locked, market)) ??
    fundsProblem(amount, draft, market, spendable)
  );
}

/** What a purchase without a limit price needs is not known where the market bounds it by nothing. */
function unboundedProblem(draft: Draft, market: Market): string | null {
  if (draft.side === "SELL" || !countsBase(draft) || !waits(draft.kind) || isBounded(market)) return null;
  if (draft.kind === "OCO") {
    return draft.stopPrice.trim() === "" ? "In this market the stop needs a limit price to buy." : null;
  }
  return KINDS[draft.kind].hasPrice ? null : `In this market say how much ${market.quote} to spend instead.`;
}

function fundsProblem(amount: Decimal, draft: Draft, market: Market, spendable: Decimal | undefined): string | null {
  if (spendable === undefined) return null;
  const needed = draft.side === "SELL" ? (countsBase(draft) ? amount : null) : lockedQuote(draft, market);
  if (needed === null || compare(needed, spendable) <= 0) return null;
  return `You have ${showHolding(spendable)} ${spentAsset(draft, market)} available.`;
}

/** What a purchase sets aside of the quote asset; null for a sale, and where the draft does not tell. */
export function lockedQuote(draft: Draft, market: Market): Decimal | null {
  if (draft.side === "SELL") return null;
  const amount = positive(draft.amount);
  if (amount === null || !countsBase(draft)) return amount;
  const unit = lockedPerUnit(draft, market);
  return unit === null ? null : multiply(unit, amount);
}

function shownProblem(shown: Decimal, draft: Draft, market: Market): string | null {
  const step = decimal(market.lot_size);
  if (!isMultiple(shown, step)) return `Must be a multiple of ${format(step)} ${market.base}.`;
  if (market.min_quantity !== null && compare(shown, decimal(market.min_quantity)) < 0) {
    return `At least ${showQuantity(market, market.min_quantity)} ${market.base}.`;
  }
  const whole = positive(draft.amount);
  return whole !== null && compare(shown, whole) >= 0 ? "Must be less than the quantity." : null;
}

function goodTillProblem(draft: Draft): string | null {
  if (draft.goodTill === "") return null;
  const moment = goodTill(draft);
  if (moment === null) return "Write a day and a time.";
  return moment.getTime() <= Date.now() ? "Must be in the future." : null;
}
