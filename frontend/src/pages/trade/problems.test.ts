import { describe, expect, it } from "vitest";
import { localMinute } from "../../app/times";
import { decimal } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import type { Draft, EntryName } from "./draft";
import { LIMIT, MARKET, OCO_SELL, STOP_SELL } from "./fixtures";
import { problemsOf } from "./problems";

const THOUSAND = decimal("1000");
const AN_HOUR_MS = 60 * 60 * 1000;
const UNBOUNDED: Market = { ...MARKET, price_band: null, protection: null };

describe("problemsOf", () => {
  it.each<[Partial<Draft>, EntryName, string]>([
    [{ price: "1,5" }, "price", "Write digits"],
    [{ price: "100.001" }, "price", "multiple of 0.01"],
    [{ price: "79.99" }, "price", "between 80.00 and 120.00"],
    [{ kind: "ICEBERG", price: "121" }, "price", "between 80.00 and 120.00"],
    [{ amount: "0" }, "amount", "more than zero"],
    [{ amount: "0.0005" }, "amount", "multiple of 0.001 BTC"],
    [{ amount: "0.01" }, "amount", "at least 5 USDT"],
    [{ amount: "101" }, "amount", "At most 100 BTC"],
    [{ amount: "20" }, "amount", "1,000.00 USDT available"],
    [{ side: "SELL", amount: "1001" }, "amount", "At most 100 BTC"],
    [{ kind: "MARKET", amountIn: "quote", amount: "1000.01" }, "amount", "1,000.00 USDT available"],
    [{ kind: "STOP_LIMIT", trigger: "100" }, "trigger", "above the last price, 100.00"],
    [{ kind: "STOP_LIMIT", trigger: "100.005" }, "trigger", "multiple of 0.01"],
    [{ kind: "TAKE_PROFIT_LIMIT", trigger: "100" }, "trigger", "below the last price"],
    [{ kind: "TAKE_PROFIT", side: "SELL", trigger: "99" }, "trigger", "above the last price"],
    [{ kind: "STOP_MARKET", trigger: "110", amount: "9" }, "amount", "1,000.00 USDT available"],
    [{ kind: "TRAILING_STOP", trailing: "100" }, "trailing", "less than 100"],
    [{ kind: "TRAILING_STOP", trailing: "0" }, "trailing", "more than zero"],
    [{ kind: "TRAILING_STOP", trailing: "1.00001" }, "trailing", "four digits"],
    [{ kind: "ICEBERG", shown: "1" }, "shown", "less than the quantity"],
    [{ kind: "ICEBERG", shown: "0.0015" }, "shown", "multiple of 0.001"],
    [{ timeInForce: "GTD", goodTill: localMinute(Date.now() - AN_HOUR_MS) }, "goodTill", "in the future"],
    [{ timeInForce: "GTD", goodTill: "soon" }, "goodTill", "day and a time"],
  ])("%j: %s", (change, entry, words) => {
    expect(problemsOf({ ...LIMIT, ...change }, MARKET, THOUSAND)[entry]).toContain(words);
  });

  it("knows the fixed band, and the reference of the other before the first trade", () => {
    const market: Market = { ...MARKET, static_band: "0.1", static_reference: "95" };
    const priceProblem = (price: string, of: Market) => problemsOf({ ...LIMIT, price }, of, undefined).price;
    expect(priceProblem("104.5", market)).toBeUndefined();
    expect(priceProblem("85.5", market)).toBeUndefined();
    expect(priceProblem("104.51", market)).toBe(
      "Must be between 85.50 and 104.50. The market's fixed band is around 95.00.",
    );
    expect(priceProblem("79", { ...market, static_band: "0.5" })).toBe("Must be between 80.00 and 120.00.");
    expect(priceProblem("121", { ...MARKET, last_price: null })).toBeUndefined();
    expect(priceProblem("121", { ...MARKET, last_price: null, initial_price: "100" })).toContain("and 120.00.");
  });

  it("holds both orders of a pair against the rules", () => {
    expect(problemsOf(OCO_SELL, MARKET, THOUSAND)).toEqual({});
    expect(problemsOf({ ...OCO_SELL, trigger: "101" }, MARKET, THOUSAND).trigger).toContain("below the last price");
    expect(problemsOf({ ...OCO_SELL, stopPrice: "94.005" }, MARKET, THOUSAND).stopPrice).toContain("multiple");
    expect(problemsOf({ ...OCO_SELL, price: "130" }, MARKET, THOUSAND).price).toContain("between");
    // The dearer of the two has to be paid for.
    const purchase: Draft = { ...OCO_SELL, side: "BUY", price: "90", trigger: "110", stopPrice: "115", amount: "9" };
    expect(problemsOf(purchase, MARKET, decimal("1034")).amount).toContain("available");
    expect(problemsOf(purchase, MARKET, decimal("1035"))).toEqual({});
  });

  it("asks for an amount to spend where nothing bounds what a purchase may cost", () => {
    const purchase: Draft = { ...LIMIT, kind: "STOP_MARKET", trigger: "110" };
    expect(problemsOf(purchase, UNBOUNDED, THOUSAND).amount).toContain("how much USDT to spend");
    expect(problemsOf({ ...purchase, amountIn: "quote", amount: "50" }, UNBOUNDED, THOUSAND)).toEqual({});
    const pair: Draft = { ...OCO_SELL, side: "BUY", price: "90", trigger: "110" };
    expect(problemsOf(pair, UNBOUNDED, THOUSAND).amount).toContain("needs a limit price");
    expect(problemsOf({ ...pair, stopPrice: "111" }, UNBOUNDED, THOUSAND)).toEqual({});
  });

  it("says nothing of what is empty or fine", () => {
    expect(problemsOf({ ...LIMIT, price: "", amount: "" }, MARKET, decimal("0"))).toEqual({});
    expect(problemsOf(LIMIT, MARKET, decimal("100"))).toEqual({});
    expect(problemsOf(STOP_SELL, MARKET, decimal("1"))).toEqual({});
    // A limit price that waits is held against the band when its time comes.
    expect(problemsOf({ ...LIMIT, kind: "STOP_LIMIT", trigger: "121", price: "130" }, MARKET, THOUSAND)).toEqual({});
    // Entries of another kind are not asked.
    expect(problemsOf({ ...LIMIT, trigger: "x", shown: "x", trailing: "x", goodTill: "x" }, MARKET, THOUSAND)).toEqual(
      {},
    );
  });
});
