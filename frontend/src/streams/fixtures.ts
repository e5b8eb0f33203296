/** An open order that tests begin with. */

import type { Order } from "./frames";

export const AT = "2026-01-20T14:25:00.000000Z";

/** 2 BTC for sale at 100 USDT. */
export function openOrder(id: string, fields: Partial<Order> = {}): Order {
  return {
    id,
    client_order_id: null,
    symbol: "BTC-USDT",
    side: "SELL",
    type: "LIMIT",
    time_in_force: "GTC",
    post_only: false,
    price: "100",
    quantity: "2",
    quote_amount: null,
    display_quantity: null,
    visible_quantity: null,
    trigger_price: null,
    trailing_delta: null,
    protection_price: null,
    is_waiting: false,
    triggered_at: null,
    good_till: null,
    other_leg_id: null,
    self_trade_prevention: "EXPIRE_TAKER",
    prevented_quantity: "0",
    remaining_quantity: "2",
    filled_quantity: "0",
    filled_quote: "0",
    average_price: null,
    status: "OPEN",
    reason: "",
    created_at: AT,
    updated_at: AT,
    ...fields,
  };
}
