/** Sending an order so that it is placed once, whatever becomes of the answers. */

import { untilAnswered } from "../../api/attempts";
import { answered, api } from "../../api/client";
import { newRequestId } from "../../api/requestId";
import type { Schemas } from "../../app/queries";
import type { Market, Order } from "../../streams/frames";
import type { Draft } from "./draft";
import { toRequest } from "./requests";

/**
 * Place the order and wait for the market's answer: one order, or the two of a pair. An attempt without an answer is repeated
 * under the same client_order_id, for which the exchange places one order only.
 */
export function placeOrder(draft: Draft, market: Market): Promise<readonly Order[]> {
  const request = toRequest(draft, market, newRequestId());
  return untilAnswered(async () => {
    if (request.path === "/api/v1/orders/oco") {
      return ((await answered(api.POST(request.path, { body: request.body }))) as Schemas["OcoPair"]).legs;
    }
    return [(await answered(api.POST(request.path, { body: request.body }))) as Order];
  });
}
