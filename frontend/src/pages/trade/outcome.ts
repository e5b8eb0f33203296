/** What became of an order, in words. */

import { ApiError, explain, explainReason } from "../../api/errors";
import { showPrice, showQuantity, showValue } from "../../app/amounts";
import { compare, decimal, ZERO } from "../../money/decimal";
import type { Market, Order } from "../../streams/frames";
import { remainingOf } from "../../streams/orderEvents";
import type { EntryName } from "./draft";
import { triggersRising } from "./kinds";

export interface Outcome {
  readonly tone: "good" | "plain" | "bad";
  readonly title: string;
  readonly text: string;
  /** The entry that the refusal is about, where it is about one. */
  readonly entry?: EntryName | undefined;
}

export function describe(orders: readonly Order[], market: Market): Outcome {
  const [order, other] = orders;
  if (order === undefined) return { tone: "plain", title: "Order accepted", text: "It will be matched in a moment." };
  if (other === undefined) return describeOne(order, market);
  if (order.status === "PENDING")
    return { tone: "plain", title: "Orders accepted", text: "They will act in a moment." };
  const text = `${intention(order, market)} ${intention(other, market)} The first that acts cancels the other.`;
  return { tone: "good", title: "Pair of orders placed", text };
}

function describeOne(order: Order, market: Market): Outcome {
  const did = order.side === "BUY" ? "Bought" : "Sold";
  const filled = decimal(order.filled_quantity);
  const hasTraded = compare(filled, ZERO) > 0;
  const trade = `${did} ${showQuantity(market, filled)} ${market.base} at ${showPrice(market, order.average_price)} ${market.quote}.`;
  const reason = explainReason(order.reason);
  switch (order.status) {
    case "FILLED":
      return { tone: "good", title: "Order filled", text: trade };
    case "PARTIAL": {
      const text = `${trade} The rest, ${showQuantity(market, remainingOf(order))} ${market.base}, is in the book.`;
      return { tone: "good", title: "Order filled in part", text };
    }
    case "OPEN":
      return {
        tone: "good",
        title: order.is_waiting ? "Order waits" : "Order placed",
        text: intention(order, market),
      };
    case "PENDING":
      return { tone: "plain", title: "Order accepted", text: "It will be matched in a moment." };
    default: {
      const why = reason === null ? "" : `: ${reason}`;
      return hasTraded
        ? { tone: "good", title: "Order filled in part", text: `${trade} The rest ended${why}.` }
        : { tone: "plain", title: "Nothing was traded", text: `The order ended${why}.` };
    }
  }
}

/** "To sell 0.5 BTC at 64,000.00 USDT, once the last price falls to 64,500.00." */
function intention(order: Order, market: Market): string {
  const does = order.side === "BUY" ? "buy" : "sell";
  const what =
    order.quantity === null
      ? `${market.base} for ${showValue(market, order.quote_amount)} ${market.quote}`
      : `${showQuantity(market, order.quantity)} ${market.base}`;
  const price = order.price === null ? "" : ` at ${showPrice(market, order.price)} ${market.quote}`;
  return `To ${does} ${what}${price}${condition(order, market)}.`;
}

function condition(order: Order, market: Market): string {
  if (!order.is_waiting || order.trigger_price === null || order.type === "MARKET") return "";
  const moves = triggersRising(order.type, order.side) ? "rises to" : "falls to";
  return `, once the last price ${moves} ${showPrice(market, order.trigger_price)}`;
}

/** Why the order was not placed. */
export function describeFailure(error: unknown): Outcome {
  const isRefusal = error instanceof ApiError;
  return {
    tone: "bad",
    title: isRefusal ? "Order refused" : "No answer",
    text: explain(error),
    entry: isRefusal ? entryOf(error) : undefined,
  };
}

const ENTRY_OF_FIELD: Readonly<Record<string, EntryName>> = {
  price: "price",
  quantity: "amount",
  quote_amount: "amount",
  trigger_price: "trigger",
  stop_price: "stopPrice",
  trailing_delta: "trailing",
  display_quantity: "shown",
  good_till: "goodTill",
};

const ENTRY_OF_CODE: Readonly<Record<string, EntryName>> = {
  PRICE_OFF_TICK: "price",
  INVALID_PRICE: "price",
  PRICE_OUT_OF_BAND: "price",
  POST_ONLY_WOULD_MATCH: "price",
  STOP_WOULD_TRIGGER: "trigger",
  NO_REFERENCE_PRICE: "trailing",
  QUANTITY_OFF_LOT: "amount",
  QUANTITY_TOO_SMALL: "amount",
  QUANTITY_TOO_LARGE: "amount",
  NOTIONAL_TOO_SMALL: "amount",
  MAX_ORDER_VALUE: "amount",
  MAX_POSITION: "amount",
  INSUFFICIENT_BALANCE: "amount",
  GOOD_TILL_PASSED: "goodTill",
};

/** Which entry a refusal is about: the field that it names, else the one that its code is mostly about. */
function entryOf({ code, details }: ApiError): EntryName | undefined {
  const field = details["field"];
  const named = typeof field === "string" ? [field] : code === "FIELD_INVALID" ? Object.keys(details) : [];
  for (const name of named) {
    const entry = ENTRY_OF_FIELD[name];
    if (entry !== undefined) return entry;
  }
  return ENTRY_OF_CODE[code];
}
