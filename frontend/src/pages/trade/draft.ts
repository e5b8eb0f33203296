/** The order while it is being written: what is wrong with it, what it would cost, and how it is sent. */

import { priceDecimals, showPrice, showQuantity } from "../../app/amounts";
import type { Schemas } from "../../app/queries";
import {
  add,
  compare,
  decimal,
  decimalsOf,
  divide,
  format,
  isMultiple,
  larger,
  multiply,
  ONE,
  parse,
  roundToStep,
  smaller,
  subtract,
  toText,
  ZERO,
  type Decimal,
} from "../../money/decimal";
import type { Book } from "../../streams/book";
import type { Market } from "../../streams/frames";
import { sweep, type Sweep } from "./sweep";

export type Side = "BUY" | "SELL";
export type TimeInForce = "GTC" | "IOC" | "FOK";

export interface Draft {
  readonly side: Side;
  readonly type: "LIMIT" | "MARKET";
  readonly price: string;
  readonly amount: string;
  /** Which asset `amount` counts; limit orders always count the base asset. */
  readonly amountIn: "base" | "quote";
  readonly timeInForce: TimeInForce;
  readonly isPostOnly: boolean;
}

export const EMPTY_DRAFT: Draft = {
  side: "BUY",
  type: "LIMIT",
  price: "",
  amount: "",
  amountIn: "quote",
  timeInForce: "GTC",
  isPostOnly: false,
};

export interface Problems {
  readonly price?: string;
  readonly amount?: string;
}

/** The number somebody typed; spaces around it do not matter. */
export function typed(text: string): Decimal | null {
  return parse(text.trim().replace(/^\./, "0.").replace(/\.$/, ""));
}

function entryProblem(text: string, number: Decimal | null): string | null {
  if (text.trim() === "") return null;
  if (number === null) return "Write digits and a point, like 1250.5";
  return number.units <= 0n ? "Must be more than zero." : null;
}

/** The best prices allowed by the market's price band, around the last price. */
export function priceBand(market: Market): { lowest: Decimal; highest: Decimal } | null {
  if (market.price_band === null || market.last_price === null) return null;
  const last = decimal(market.last_price);
  const part = decimal(market.price_band);
  const tick = decimal(market.tick_size);
  return {
    lowest: roundToStep(multiply(last, subtract(ONE, part)), tick, "up"),
    highest: roundToStep(multiply(last, add(ONE, part)), tick, "down"),
  };
}

function priceProblem(draft: Draft, market: Market): string | null {
  const price = typed(draft.price);
  const problem = entryProblem(draft.price, price);
  if (problem !== null || price === null) return problem;
  if (!isMultiple(price, decimal(market.tick_size)))
    return `Must be a multiple of ${format(decimal(market.tick_size))}.`;
  const band = priceBand(market);
  if (band !== null && (compare(price, band.lowest) < 0 || compare(price, band.highest) > 0)) {
    return `Must be between ${showPrice(market, band.lowest)} and ${showPrice(market, band.highest)}.`;
  }
  return null;
}

function quantityProblem(quantity: Decimal, market: Market): string | null {
  if (!isMultiple(quantity, decimal(market.lot_size)))
    return `Must be a multiple of ${format(decimal(market.lot_size))} ${market.base}.`;
  if (market.min_quantity !== null && compare(quantity, decimal(market.min_quantity)) < 0) {
    return `At least ${showQuantity(market, market.min_quantity)} ${market.base}.`;
  }
  if (market.max_quantity !== null && compare(quantity, decimal(market.max_quantity)) > 0) {
    return `At most ${format(decimal(market.max_quantity))} ${market.base}.`;
  }
  return null;
}

function valueProblem(value: Decimal, market: Market): string | null {
  if (market.min_notional !== null && compare(value, decimal(market.min_notional)) < 0) {
    return `The order must be worth at least ${format(decimal(market.min_notional))} ${market.quote}.`;
  }
  if (market.max_order_value !== null && compare(value, decimal(market.max_order_value)) > 0) {
    return `The order may be worth at most ${format(decimal(market.max_order_value))} ${market.quote}.`;
  }
  return null;
}

function amountProblem(draft: Draft, market: Market, spendable: Decimal | undefined): string | null {
  const amount = typed(draft.amount);
  const problem = entryProblem(draft.amount, amount);
  if (problem !== null || amount === null) return problem;
  const isBase = countsBase(draft);
  const price = draft.type === "LIMIT" ? typed(draft.price) : null;
  const value = isBase ? (price === null ? null : multiply(price, amount)) : amount;
  const refused =
    (isBase ? quantityProblem(amount, market) : null) ?? (value === null ? null : valueProblem(value, market));
  if (refused !== null) return refused;
  const spent = draft.side === "SELL" ? (isBase ? amount : null) : value;
  if (spent !== null && spendable !== undefined && compare(spent, spendable) > 0) {
    return `You have ${format(spendable, { decimals: 8, least: 2 })} ${spentAsset(draft, market)} available.`;
  }
  return null;
}

export function countsBase(draft: Draft): boolean {
  return draft.type === "LIMIT" || draft.amountIn === "base";
}

export function spentAsset(draft: Draft, market: Market): string {
  return draft.side === "BUY" ? market.quote : market.base;
}

/** What is wrong with what was typed so far; nothing about what is still empty. */
export function problemsOf(draft: Draft, market: Market, spendable: Decimal | undefined): Problems {
  const price = draft.type === "LIMIT" ? priceProblem(draft, market) : null;
  const amount = amountProblem(draft, market, spendable);
  return { ...(price === null ? {} : { price }), ...(amount === null ? {} : { amount }) };
}

export function isComplete(draft: Draft): boolean {
  return typed(draft.amount) !== null && (draft.type === "MARKET" || typed(draft.price) !== null);
}

export interface Estimate {
  readonly quantity: Decimal;
  readonly value: Decimal;
  readonly now: Sweep;
  readonly average: Decimal | null;
  readonly fee: Decimal;
  readonly feeAsset: string;
  readonly received: Decimal;
}

const FEE_DECIMALS = 12;

/** Value, fee and result of the draft against the book as it is; null while the draft does not say enough. */
export function estimate(
  draft: Draft,
  market: Market,
  book: Book,
  rates: { maker: string; taker: string },
): Estimate | null {
  const amount = typed(draft.amount);
  const price = draft.type === "LIMIT" ? typed(draft.price) : null;
  if (amount === null || amount.units <= 0n || (draft.type === "LIMIT" && (price === null || price.units <= 0n)))
    return null;
  const levels = draft.side === "BUY" ? book.asks : book.bids;
  const wish = {
    ...(countsBase(draft) ? { quantity: amount } : { budget: amount }),
    ...(price === null ? {} : { limit: price }),
  };
  const now = sweep(levels, draft.side, wish, decimal(market.lot_size));
  // What a limit order does not trade at once rests at its price, and pays the maker's rate later.
  const rests = draft.type === "LIMIT" && draft.timeInForce === "GTC" && price !== null;
  const restQuantity = rests ? subtract(amount, now.quantity) : ZERO;
  const restValue = rests ? multiply(restQuantity, price) : ZERO;
  const quantity = add(now.quantity, restQuantity);
  const value = add(now.value, restValue);
  const [taken, rested] = draft.side === "BUY" ? [now.quantity, restQuantity] : [now.value, restValue];
  const fee = add(multiply(taken, decimal(rates.taker)), multiply(rested, decimal(rates.maker)));
  return {
    quantity,
    value,
    now,
    average: now.quantity.units === 0n ? null : divide(now.value, now.quantity, priceDecimals(market), "half"),
    fee: divide(fee, ONE, FEE_DECIMALS, "up"),
    feeAsset: draft.side === "BUY" ? market.base : market.quote,
    received: larger(ZERO, subtract(draft.side === "BUY" ? quantity : value, fee)),
  };
}

/** The amount that uses `percent` of what is available; null where the draft does not tell (a limit order without a price). */
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
  if (draft.type === "LIMIT") {
    const price = typed(draft.price);
    if (price === null || price.units <= 0n) return null;
    return toText(floor(divide(affordable, price, lot.scale, "down")));
  }
  if (draft.amountIn === "quote") return toText(trim(affordable, market));
  return toText(floor(sweep(book.asks, "BUY", { budget: affordable }, lot).quantity));
}

function trim(value: Decimal, market: Market): Decimal {
  return divide(value, ONE, decimalsOf(decimal(market.tick_size)), "down");
}

/** The body of POST /orders. */
export function toRequest(draft: Draft, market: Market, clientOrderId: string): Schemas["OrderRequest"] {
  const amount = toText(typed(draft.amount) ?? ZERO);
  const shared = {
    symbol: market.symbol,
    side: draft.side,
    client_order_id: clientOrderId,
    response: "RESULT",
  } as const;
  if (draft.type === "MARKET") {
    return {
      ...shared,
      type: "MARKET",
      ...(draft.amountIn === "base" ? { quantity: amount } : { quote_amount: amount }),
    };
  }
  return {
    ...shared,
    type: "LIMIT",
    price: toText(typed(draft.price) ?? ZERO),
    quantity: amount,
    time_in_force: draft.timeInForce,
    post_only: draft.isPostOnly && draft.timeInForce === "GTC",
  };
}
