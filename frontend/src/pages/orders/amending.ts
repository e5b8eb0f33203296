/** Other terms for a resting order: what can be changed, what is wrong with a change, and what it does to the order. */

import { untilAnswered } from "../../api/attempts";
import { answered, api } from "../../api/client";
import { showHolding } from "../../app/amounts";
import { add, compare, decimal, multiply, subtract, toText, ZERO, type Decimal } from "../../money/decimal";
import type { Market, Order } from "../../streams/frames";
import { remainingOf } from "../../streams/orderEvents";
import { typed } from "../trade/draft";
import {
  entryProblem,
  greatestValueProblem,
  leastValueProblem,
  outOfBandProblem,
  quantityProblem,
  stepProblem,
} from "../trade/problems";

export interface Terms {
  readonly price: string;
  /** The whole quantity, what has traded included. */
  readonly quantity: string;
}

export interface TermsProblems {
  readonly price?: string;
  readonly quantity?: string;
}

/** Orders that rest in the book by themselves; the others can be cancelled. */
export function isAmendable(order: Order): boolean {
  const isResting = (order.status === "OPEN" || order.status === "PARTIAL") && !order.is_waiting;
  return isResting && order.other_leg_id === null && order.price !== null && order.quantity !== null;
}

/** Whether the market takes amendments in its present state. */
export function takesAmendments(market: Market): boolean {
  return market.state === "TRADING" || market.state === "PRE_OPEN" || market.state === "AUCTION";
}

export function termsOf(order: Order): Terms {
  return {
    price: order.price === null ? "" : toText(decimal(order.price)),
    quantity: order.quantity === null ? "" : toText(decimal(order.quantity)),
  };
}

interface Change {
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly isPriceNew: boolean;
  readonly isQuantityNew: boolean;
}

/** The terms as numbers, beside those of the order; null while one of them is none. */
function changeOf(order: Order, terms: Terms): Change | null {
  const price = typed(terms.price);
  const quantity = typed(terms.quantity);
  if (price === null || quantity === null || order.price === null || order.quantity === null) return null;
  return {
    price,
    quantity,
    isPriceNew: compare(price, decimal(order.price)) !== 0,
    isQuantityNew: compare(quantity, decimal(order.quantity)) !== 0,
  };
}

/** Null while nothing would change. */
export function effectOf(order: Order, terms: Terms): string | null {
  const change = changeOf(order, terms);
  if (change === null || (!change.isPriceNew && !change.isQuantityNew)) return null;
  const isSmaller = !change.isPriceNew && compare(change.quantity, decimal(order.quantity ?? "0")) < 0;
  if (isSmaller) return "The order keeps its place in the queue.";
  return order.post_only
    ? "The order goes to the back of the queue. Where it would trade at once the change is refused."
    : "The order goes to the back of the queue, and may trade at once.";
}

/** What is wrong with the terms; `available` is what the account can spend of the asset that the order holds. */
export function termsProblems(
  order: Order,
  terms: Terms,
  market: Market,
  available: Decimal | undefined,
): TermsProblems {
  const entered = {
    price: entryProblem(terms.price, typed(terms.price)),
    quantity: entryProblem(terms.quantity, typed(terms.quantity)),
  };
  const change = changeOf(order, terms);
  const price =
    entered.price ??
    (change === null
      ? null
      : (stepProblem(change.price, market) ?? (change.isPriceNew ? outOfBandProblem(change.price, market) : null)));
  const quantity = entered.quantity ?? (change === null ? null : wholeProblem(order, change, market, available));
  return { ...(price === null ? {} : { price }), ...(quantity === null ? {} : { quantity }) };
}

function wholeProblem(
  order: Order,
  { price, quantity }: Change,
  market: Market,
  available: Decimal | undefined,
): string | null {
  const gone = add(decimal(order.filled_quantity), decimal(order.prevented_quantity));
  if (compare(quantity, gone) <= 0) return "Must be more than what has traded already.";
  const value = multiply(price, quantity);
  return (
    quantityProblem(quantity, market) ??
    leastValueProblem(value, market) ??
    greatestValueProblem(value, market) ??
    fundsProblem(order, price, subtract(quantity, gone), market, available)
  );
}

/** Only what is needed beyond what the order holds already has to be there. */
function fundsProblem(
  order: Order,
  price: Decimal,
  remaining: Decimal,
  market: Market,
  available: Decimal | undefined,
): string | null {
  if (available === undefined || order.price === null) return null;
  const held = remainingOf(order) ?? ZERO;
  const more =
    order.side === "BUY"
      ? subtract(multiply(price, remaining), multiply(decimal(order.price), held))
      : subtract(remaining, held);
  if (compare(more, available) <= 0) return null;
  return `You have ${showHolding(available)} ${order.side === "BUY" ? market.quote : market.base} available.`;
}

/** Send what differs, and wait for the market's answer. To send the same twice changes nothing more. */
export function amend(order: Order, terms: Terms): Promise<Order> {
  const change = changeOf(order, terms);
  const body = {
    ...(change?.isPriceNew === true ? { price: toText(change.price) } : {}),
    ...(change?.isQuantityNew === true ? { quantity: toText(change.quantity) } : {}),
  };
  const path = { order_id: order.id };
  return untilAnswered(() => answered(api.PATCH("/api/v1/orders/{order_id}", { params: { path }, body })));
}
