/** A market, a book and drafts that the tests of this folder begin with. */

import { Book } from "../../streams/book";
import type { Market } from "../../streams/frames";
import { EMPTY_DRAFT, type Draft } from "./draft";

export const MARKET: Market = {
  symbol: "BTC-USDT",
  base: "BTC",
  quote: "USDT",
  state: "TRADING",
  state_reason: "",
  state_until: null,
  tick_size: "0.01",
  lot_size: "0.001",
  min_quantity: "0.001",
  max_quantity: "100",
  min_notional: "5",
  max_order_value: "1000000",
  max_open_orders: 200,
  max_stop_orders: 20,
  max_order_rate: null,
  min_kyc_level: 0,
  price_band: "0.2",
  static_band: null,
  static_reference: null,
  initial_price: null,
  protection: "0.05",
  circuit_breaker: null,
  last_price: "100",
};

export const RATES = { maker: "0.001", taker: "0.0015" };

/** A limit order to buy 1 BTC at 100 USDT. */
export const LIMIT: Draft = { ...EMPTY_DRAFT, price: "100", amount: "1", amountIn: "base" };
export const STOP_SELL: Draft = { ...LIMIT, kind: "STOP_MARKET", side: "SELL", trigger: "95" };
export const OCO_SELL: Draft = { ...LIMIT, kind: "OCO", side: "SELL", price: "110", trigger: "95" };

/** 99 and 98 are bid for 1 and 2 BTC, 0.4 and 1 BTC are offered at 100 and 101. */
export function bookOfFour(): Book {
  const filled = new Book();
  filled.replace({
    type: "snapshot",
    last_update_id: 1,
    bids: [
      ["99", "1"],
      ["98", "2"],
    ],
    asks: [
      ["100", "0.4"],
      ["101", "1"],
    ],
  });
  return filled;
}
