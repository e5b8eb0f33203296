/** What a draft would cost and bring, judged by the book as it is. An estimate: the book moves. */

import { priceDecimals } from "../../app/amounts";
import {
  add,
  compare,
  decimal,
  divide,
  larger,
  multiply,
  ONE,
  subtract,
  ZERO,
  type Decimal,
} from "../../money/decimal";
import type { Book } from "../../streams/book";
import type { Market } from "../../streams/frames";
import { countsBase, isPostOnly, positive, timeInForce, type Draft } from "./draft";
import { waits } from "./kinds";
import { isCollecting } from "./marketPhase";
import { farthestFrom, limitPrice, triggerOf, worstMarketPrice } from "./prices";
import { lockedQuote } from "./problems";
import { sweep, type Sweep } from "./sweep";

export interface Estimate {
  readonly quantity: Decimal;
  readonly value: Decimal;
  /** What would trade at once; null for an order that waits. */
  readonly now: Sweep | null;
  readonly average: Decimal | null;
  /** The worst price at which any of it may trade; null where nothing bounds it. */
  readonly worst: Decimal | null;
  readonly fee: Decimal;
  readonly feeAsset: string;
  readonly received: Decimal;
  /** Set aside while the order waits or rests; null where nothing stays. */
  readonly locked: Decimal | null;
  /** It would meet an order at once, and is refused for that. */
  readonly wouldBeRefused: boolean;
}

export interface Rates {
  readonly maker: string;
  readonly taker: string;
}

const FEE_DECIMALS = 12;

/** Null while the draft does not say enough. */
export function estimate(draft: Draft, market: Market, book: Book, rates: Rates): Estimate | null {
  const amount = positive(draft.amount);
  if (amount === null) return null;
  return waits(draft.kind)
    ? estimateLater(draft, market, amount, book, rates)
    : estimateNow(draft, market, amount, book, rates);
}

function estimateNow(draft: Draft, market: Market, amount: Decimal, book: Book, rates: Rates): Estimate | null {
  const price = limitPrice(draft);
  if (draft.kind !== "MARKET" && price === null) return null;
  // What is collected trades later, and as a maker.
  const levels = isCollecting(market) ? [] : draft.side === "BUY" ? book.asks : book.bids;
  const bound = price ?? worstMarketPrice(levels[0]?.price, draft.side, market);
  const wish = {
    ...(countsBase(draft) ? { quantity: amount } : { budget: amount }),
    ...(bound === null ? {} : { limit: bound }),
  };
  const now = sweep(levels, draft.side, wish, decimal(market.lot_size));
  const time = timeInForce(draft);
  // What a limit order does not trade at once rests at its price, and pays the maker's rate later.
  const rests = price !== null && (time === "GTC" || time === "GTD");
  const restQuantity = rests ? subtract(amount, now.quantity) : ZERO;
  const restValue = rests ? multiply(restQuantity, price) : ZERO;
  const quantity = add(now.quantity, restQuantity);
  const value = add(now.value, restValue);
  const [taken, rested] = draft.side === "BUY" ? [now.quantity, restQuantity] : [now.value, restValue];
  const fee = add(multiply(taken, decimal(rates.taker)), multiply(rested, decimal(rates.maker)));
  return {
    ...outcome(draft, market, quantity, value, fee),
    now,
    average: now.quantity.units === 0n ? null : divide(now.value, now.quantity, priceDecimals(market), "half"),
    worst: price ?? now.worst,
    locked: restQuantity.units === 0n ? null : draft.side === "BUY" ? restValue : restQuantity,
    wouldBeRefused: isPostOnly(draft) && now.worst !== null,
  };
}

/** An order that waits: what it would do at its own price, or around its trigger, with the taker's rate. */
function estimateLater(draft: Draft, market: Market, amount: Decimal, book: Book, rates: Rates): Estimate | null {
  const trigger = triggerOf(draft, market);
  const limit = limitPrice(draft);
  const price = limit ?? trigger;
  if (trigger === null || price === null) return null;
  const quantity = countsBase(draft) ? amount : divide(amount, price, decimal(market.lot_size).scale, "down");
  const value = countsBase(draft) ? multiply(amount, price) : amount;
  const taken = draft.side === "BUY" ? quantity : value;
  const levels = draft.side === "BUY" ? book.asks : book.bids;
  return {
    ...outcome(draft, market, quantity, value, multiply(taken, decimal(rates.taker))),
    now: null,
    average: null,
    worst: worstOf(draft, market, trigger, limit),
    locked: draft.side === "BUY" ? lockedQuote(draft, market) : amount,
    wouldBeRefused:
      draft.kind === "OCO" &&
      limit !== null &&
      sweep(levels, draft.side, { quantity: amount, limit }, decimal(market.lot_size)).worst !== null,
  };
}

function worstOf(draft: Draft, market: Market, trigger: Decimal, limit: Decimal | null): Decimal | null {
  if (draft.kind !== "OCO") return limit ?? farthestFrom(trigger, draft.side, market);
  const stop = positive(draft.stopPrice) ?? farthestFrom(trigger, draft.side, market);
  if (stop === null || limit === null) return null;
  return compare(stop, limit) === (draft.side === "BUY" ? 1 : -1) ? stop : limit;
}

function outcome(draft: Draft, market: Market, quantity: Decimal, value: Decimal, fee: Decimal) {
  return {
    quantity,
    value,
    fee: divide(fee, ONE, FEE_DECIMALS, "up"),
    feeAsset: draft.side === "BUY" ? market.base : market.quote,
    received: larger(ZERO, subtract(draft.side === "BUY" ? quantity : value, fee)),
  };
}
