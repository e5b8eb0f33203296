import { describe, expect, it } from "vitest";
import { ApiError, NoAnswer } from "../../api/errors";
import { openOrder } from "../../streams/fixtures";
import type { Order } from "../../streams/frames";
import { MARKET } from "./fixtures";
import { describe as outcomeOf, describeFailure } from "./outcome";

function words(...orders: Order[]): string {
  const { title, text } = outcomeOf(orders, MARKET);
  return `${title}. ${text}`;
}

function refused(code: string, details: Record<string, unknown> = {}) {
  return describeFailure(new ApiError(422, code, "Refused.", details, "", null)).entry;
}

describe("describe", () => {
  it("says what an order does from now on", () => {
    expect(words(openOrder("1"))).toBe("Order placed. To sell 2.000 BTC at 100.00 USDT.");
    const stop = openOrder("1", { type: "STOP_LIMIT", is_waiting: true, trigger_price: "95", price: "94" });
    expect(words(stop)).toBe("Order waits. To sell 2.000 BTC at 94.00 USDT, once the last price falls to 95.00.");
    const spending = openOrder("1", {
      type: "STOP_MARKET",
      side: "BUY",
      is_waiting: true,
      trigger_price: "105",
      price: null,
      quantity: null,
      quote_amount: "50",
    });
    expect(words(spending)).toBe("Order waits. To buy BTC for 50.00 USDT, once the last price rises to 105.00.");
    expect(words(openOrder("1", { status: "PENDING" }))).toContain("Order accepted");
    expect(words(openOrder("1", { price: "110" }), stop)).toContain("The first that acts cancels the other.");
  });

  it("says what has traded and what became of the rest", () => {
    const filled = { filled_quantity: "0.5", average_price: "100" };
    expect(words(openOrder("1", { ...filled, status: "FILLED" }))).toBe("Order filled. Sold 0.500 BTC at 100.00 USDT.");
    expect(words(openOrder("1", { ...filled, status: "PARTIAL", prevented_quantity: "0.5" }))).toContain(
      "The rest, 1.000 BTC, is in the book.",
    );
    expect(words(openOrder("1", { ...filled, status: "EXPIRED", reason: "CIRCUIT_BREAKER" }))).toContain(
      "the next trade would have moved the price too far",
    );
    expect(words(openOrder("1", { status: "EXPIRED", reason: "FOK_NOT_FILLABLE" }))).toContain("Nothing was traded");
  });
});

describe("describeFailure", () => {
  it("finds the entry that a refusal is about", () => {
    expect(refused("FIELD_INVALID", { trailing_delta: ["Too much."] })).toBe("trailing");
    expect(refused("PRICE_OFF_TICK", { tick_size: "0.01", field: "stop_price" })).toBe("stopPrice");
    expect(refused("PRICE_OFF_TICK", { tick_size: "0.01" })).toBe("price");
    expect(refused("STOP_WOULD_TRIGGER")).toBe("trigger");
    expect(refused("INSUFFICIENT_BALANCE")).toBe("amount");
    expect(refused("MARKET_HALTED")).toBeUndefined();
  });

  it("tells a refusal from silence", () => {
    expect(describeFailure(new NoAnswer())).toMatchObject({ title: "No answer", entry: undefined });
  });
});
