/** Sending an order so that it is placed once, whatever becomes of the answers; and saying what became of it. */

import { answered, api } from "../../api/client";
import { ApiError, explainReason, NoAnswer, UNEXPECTED_ANSWER } from "../../api/errors";
import { showPrice, showQuantity } from "../../app/amounts";
import { compare, decimal, subtract, ZERO } from "../../money/decimal";
import type { Market, Order } from "../../streams/frames";
import { toRequest, type Draft } from "./draft";

const ATTEMPTS = 3;
const PAUSE_MS = 700;
const ID_BYTES = 16;

function newClientOrderId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return `page-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Whether the order was placed is not known. */
export class UnknownFate extends Error {
  constructor() {
    super(
      "No answer came, so it is not known whether the order was placed. Look at your open orders before you repeat it.",
    );
  }
}

/**
 * Place the order and wait for the market's answer. An attempt without an answer is repeated under the same client_order_id, for
 * which the exchange places one order only.
 */
export async function placeOrder(draft: Draft, market: Market): Promise<Order> {
  const body = toRequest(draft, market, newClientOrderId());
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await answered(api.POST("/api/v1/orders", { body }))) as Order;
    } catch (error) {
      if (!isWithoutAnswer(error)) throw error;
      if (attempt === ATTEMPTS) throw new UnknownFate();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** Neither a yes nor a no of the exchange: nothing, or something that a proxy made up. */
function isWithoutAnswer(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof ApiError && error.code === UNEXPECTED_ANSWER);
}

export interface Outcome {
  readonly tone: "good" | "plain";
  readonly title: string;
  readonly text: string;
}

/** What became of an order, in words. */
export function describe(order: Order, market: Market): Outcome {
  const [did, does] = order.side === "BUY" ? ["Bought", "buy"] : ["Sold", "sell"];
  const filled = decimal(order.filled_quantity);
  const hasTraded = compare(filled, ZERO) > 0;
  const trade = `${did} ${showQuantity(market, filled)} ${market.base} at ${showPrice(market, order.average_price)} ${market.quote}.`;
  const reason = explainReason(order.reason);
  switch (order.status) {
    case "FILLED":
      return { tone: "good", title: "Order filled", text: trade };
    case "PARTIAL": {
      const rest = showQuantity(market, subtract(decimal(order.quantity ?? "0"), filled));
      return {
        tone: "good",
        title: "Order filled in part",
        text: `${trade} The rest, ${rest} ${market.base}, is in the book.`,
      };
    }
    case "OPEN": {
      const price = showPrice(market, order.price);
      return {
        tone: "good",
        title: "Order placed",
        text: `To ${does} ${showQuantity(market, order.quantity)} ${market.base} at ${price} ${market.quote}.`,
      };
    }
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
