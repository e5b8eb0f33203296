import { describe, expect, it } from "vitest";
import type { Draft } from "./draft";
import { typed } from "./draft";
import { LIMIT, MARKET, OCO_SELL, STOP_SELL } from "./fixtures";
import { toRequest } from "./requests";

const SHARED = { symbol: "BTC-USDT", client_order_id: "id", response: "RESULT" };

function body(draft: Draft): object {
  return toRequest(draft, MARKET, "id").body;
}

describe("toRequest", () => {
  it("sends strings as they are meant", () => {
    expect(body({ ...LIMIT, price: " 100.50 ", amount: ".5", isPostOnly: true })).toEqual({
      ...SHARED,
      side: "BUY",
      type: "LIMIT",
      price: "100.5",
      quantity: "0.5",
      time_in_force: "GTC",
      post_only: true,
    });
    expect(body({ ...LIMIT, kind: "MARKET", amountIn: "quote", amount: "25" })).toEqual({
      ...SHARED,
      side: "BUY",
      type: "MARKET",
      quote_amount: "25",
    });
  });

  it("sends of each kind what it takes and no more", () => {
    expect(body({ ...STOP_SELL, price: "90", timeInForce: "IOC", isPostOnly: true })).toEqual({
      ...SHARED,
      side: "SELL",
      type: "STOP_MARKET",
      quantity: "1",
      trigger_price: "95",
      time_in_force: "GTC",
    });
    expect(body({ ...STOP_SELL, kind: "STOP_LIMIT", price: "94", timeInForce: "FOK" })).toMatchObject({
      type: "STOP_LIMIT",
      price: "94",
      trigger_price: "95",
      time_in_force: "FOK",
    });
    expect(body({ ...STOP_SELL, kind: "TRAILING_STOP", trailing: "1.50" })).toEqual({
      ...SHARED,
      side: "SELL",
      type: "TRAILING_STOP",
      quantity: "1",
      trailing_delta: "0.015",
      time_in_force: "GTC",
    });
    expect(body({ ...LIMIT, kind: "ICEBERG", shown: "0.1", selfTradePrevention: "DECREMENT" })).toEqual({
      ...SHARED,
      side: "BUY",
      type: "ICEBERG",
      price: "100",
      quantity: "1",
      display_quantity: "0.1",
      time_in_force: "GTC",
      post_only: false,
      self_trade_prevention: "DECREMENT",
    });
  });

  it("sends a date as the moment it is on the reader's clock", () => {
    const goodTill = "2031-05-04T12:30";
    expect(body({ ...LIMIT, timeInForce: "GTD", goodTill })).toMatchObject({
      time_in_force: "GTD",
      good_till: new Date(goodTill).toISOString(),
    });
  });

  it("sends a pair to its own address", () => {
    expect(toRequest(OCO_SELL, MARKET, "id")).toEqual({
      path: "/api/v1/orders/oco",
      body: { ...SHARED, side: "SELL", quantity: "1", price: "110", trigger_price: "95" },
    });
    expect(body({ ...OCO_SELL, stopPrice: "94.50" })).toMatchObject({ stop_price: "94.5" });
  });
});

it("reads what people type", () => {
  expect(typed("1.")).toEqual(typed("1"));
  expect(typed("1e3")).toBeNull();
});
