/** What is sent for a draft. */

import type { Schemas } from "../../app/queries";
import { toText, ZERO } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import { countsBase, goodTill, isPostOnly, timeInForce, typed, type Draft } from "./draft";
import { KINDS } from "./kinds";
import { trailingPart } from "./prices";

export type Request =
  | { readonly path: "/api/v1/orders"; readonly body: Schemas["OrderRequest"] }
  | { readonly path: "/api/v1/orders/oco"; readonly body: Schemas["OcoRequest"] };

function text(entry: string): string {
  return toText(typed(entry) ?? ZERO);
}

export function toRequest(draft: Draft, market: Market, clientOrderId: string): Request {
  const shared = {
    symbol: market.symbol,
    side: draft.side,
    client_order_id: clientOrderId,
    response: "RESULT",
    ...(draft.selfTradePrevention === null ? {} : { self_trade_prevention: draft.selfTradePrevention }),
  } as const;
  if (draft.kind === "OCO") {
    const body = {
      ...shared,
      quantity: text(draft.amount),
      price: text(draft.price),
      trigger_price: text(draft.trigger),
      ...(draft.stopPrice.trim() === "" ? {} : { stop_price: text(draft.stopPrice) }),
    };
    return { path: "/api/v1/orders/oco", body };
  }
  const { hasPrice, hasTrigger, times, canBePostOnly } = KINDS[draft.kind];
  const time = timeInForce(draft);
  const body = {
    ...shared,
    type: draft.kind,
    ...(countsBase(draft) ? { quantity: text(draft.amount) } : { quote_amount: text(draft.amount) }),
    ...(hasPrice ? { price: text(draft.price) } : {}),
    ...(hasTrigger ? { trigger_price: text(draft.trigger) } : {}),
    ...(draft.kind === "TRAILING_STOP" ? { trailing_delta: toText(trailingPart(draft.trailing) ?? ZERO) } : {}),
    ...(draft.kind === "ICEBERG" ? { display_quantity: text(draft.shown) } : {}),
    ...(times.length > 0 ? { time_in_force: time } : {}),
    ...(time === "GTD" ? { good_till: goodTill(draft)?.toISOString() ?? null } : {}),
    ...(canBePostOnly ? { post_only: isPostOnly(draft) } : {}),
  };
  return { path: "/api/v1/orders", body };
}
