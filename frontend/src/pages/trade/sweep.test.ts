import { describe, expect, it } from "vitest";
import { decimal, toText } from "../../money/decimal";
import { bookOfFour } from "./fixtures";
import { slippage, sweep } from "./sweep";

const LOT = decimal("0.001");

describe("sweep", () => {
  const { asks } = bookOfFour();

  it("takes the best levels first and stops at the limit", () => {
    const all = sweep(asks, "BUY", { quantity: decimal("1") }, LOT);
    expect([toText(all.quantity), toText(all.value), all.worst && toText(all.worst), all.isComplete]).toEqual([
      "1",
      "100.6",
      "101",
      true,
    ]);
    const limited = sweep(asks, "BUY", { quantity: decimal("1"), limit: decimal("100.5") }, LOT);
    expect([toText(limited.quantity), limited.isComplete]).toEqual(["0.4", false]);
    const beyond = sweep(asks, "BUY", { quantity: decimal("5") }, LOT);
    expect([toText(beyond.quantity), beyond.isComplete]).toEqual(["1.4", false]);
  });

  it("tells how far it goes", () => {
    expect(toText(slippage(sweep(asks, "BUY", { quantity: decimal("1") }, LOT)))).toBe("1");
    expect(toText(slippage(sweep([], "BUY", { quantity: decimal("1") }, LOT)))).toBe("0");
  });

  it("spends a budget in whole lots", () => {
    const spent = sweep(asks, "BUY", { budget: decimal("60") }, LOT);
    expect([toText(spent.quantity), toText(spent.value), spent.isComplete]).toEqual(["0.598", "59.998", true]);
    expect(sweep(asks, "BUY", { budget: decimal("0.05") }, LOT)).toMatchObject({
      worst: null,
      isComplete: false,
    });
  });
});
