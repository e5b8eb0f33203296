import { describe, expect, it } from "vitest";
import { decimal } from "../../money/decimal";
import { openOrder } from "../../streams/fixtures";
import { MARKET } from "../trade/fixtures";
import { effectOf, isAmendable, takesAmendments, termsOf, termsProblems, type Terms } from "./amending";

const SALE = openOrder("1");
const PURCHASE = openOrder("1", { side: "BUY" });
const SAME: Terms = { price: "100", quantity: "2" };

describe("amending", () => {
  it("is for orders that rest by themselves", () => {
    expect(isAmendable(SALE)).toBe(true);
    expect(isAmendable(openOrder("1", { is_waiting: true }))).toBe(false);
    expect(isAmendable(openOrder("1", { other_leg_id: "2" }))).toBe(false);
    expect(isAmendable(openOrder("1", { status: "PENDING" }))).toBe(false);
    expect([takesAmendments(MARKET), takesAmendments({ ...MARKET, state: "AUCTION" })]).toEqual([true, true]);
    expect(takesAmendments({ ...MARKET, state: "CANCEL_ONLY" })).toBe(false);
  });

  it("says what becomes of the place in the queue", () => {
    expect(termsOf(openOrder("1", { price: "100.00", quantity: "2.000" }))).toEqual(SAME);
    expect(effectOf(SALE, { price: "100.0", quantity: "2.00" })).toBeNull();
    expect(effectOf(SALE, { ...SAME, quantity: "" })).toBeNull();
    expect(effectOf(SALE, { ...SAME, quantity: "1.5" })).toContain("keeps its place");
    expect(effectOf(SALE, { ...SAME, quantity: "2.5" })).toContain("back of the queue");
    expect(effectOf(SALE, { price: "101", quantity: "1.5" })).toContain("may trade at once");
    expect(effectOf(openOrder("1", { post_only: true }), { ...SAME, price: "101" })).toContain("refused");
  });

  it.each<[Partial<Terms>, keyof Terms, string]>([
    [{ price: "x" }, "price", "Write digits"],
    [{ price: "100.001" }, "price", "multiple of 0.01"],
    [{ price: "121" }, "price", "between 80.00 and 120.00"],
    [{ quantity: "0" }, "quantity", "more than zero"],
    [{ quantity: "2.0005" }, "quantity", "multiple of 0.001"],
    [{ quantity: "0.001" }, "quantity", "at least 5 USDT"],
    [{ quantity: "101" }, "quantity", "At most 100 BTC"],
    [{ quantity: "3.001" }, "quantity", "1.00 BTC available"],
  ])("%j: %s", (change, field, words) => {
    expect(termsProblems(SALE, { ...SAME, ...change }, MARKET, decimal("1"))[field]).toContain(words);
  });

  it("asks only for what is needed more", () => {
    expect(termsProblems(PURCHASE, { price: "101", quantity: "3" }, MARKET, decimal("103"))).toEqual({});
    expect(termsProblems(PURCHASE, { price: "101", quantity: "3" }, MARKET, decimal("102")).quantity).toContain(
      "available",
    );
    expect(termsProblems(PURCHASE, { ...SAME, quantity: "1" }, MARKET, decimal("0"))).toEqual({});
  });

  it("keeps above what has traded or been prevented", () => {
    const partial = openOrder("1", { status: "PARTIAL", filled_quantity: "0.5", prevented_quantity: "0.25" });
    expect(termsProblems(partial, { ...SAME, quantity: "0.75" }, MARKET, undefined).quantity).toContain("has traded");
    expect(termsProblems(partial, { ...SAME, quantity: "0.751" }, MARKET, undefined)).toEqual({});
  });

  it("leaves a price alone that the market has moved away from", () => {
    const far = openOrder("1", { price: "150" });
    expect(termsProblems(far, { price: "150", quantity: "1" }, MARKET, undefined)).toEqual({});
  });
});
