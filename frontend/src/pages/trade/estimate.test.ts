import { describe, expect, it } from "vitest";
import { toText } from "../../money/decimal";
import type { Draft } from "./draft";
import { estimate } from "./estimate";
import { bookOfFour, LIMIT, MARKET, OCO_SELL, RATES, STOP_SELL } from "./fixtures";

function estimated(draft: Draft) {
  const found = estimate(draft, MARKET, bookOfFour(), RATES);
  if (found === null) throw new Error("There was no estimate.");
  const { value, worst, fee, feeAsset, received, locked, average } = found;
  const text = (number: typeof worst): string | null => (number === null ? null : toText(number));
  return {
    value: toText(value),
    worst: text(worst),
    average: text(average),
    fee: `${toText(fee)} ${feeAsset}`,
    received: toText(received),
    locked: text(locked),
    wouldBeRefused: found.wouldBeRefused,
  };
}

describe("estimate", () => {
  it("splits a limit order into what trades now and what rests", () => {
    // 0.4 BTC at the taker's rate, 0.6 BTC at the maker's.
    expect(estimated(LIMIT)).toMatchObject({ value: "100", fee: "0.0012 BTC", received: "0.9988", locked: "60" });
    expect(estimated({ ...LIMIT, timeInForce: "IOC" })).toMatchObject({ value: "40", locked: null });
    expect(estimated({ ...LIMIT, timeInForce: "GTD", price: "99" })).toMatchObject({ locked: "99" });
  });

  it("takes an order that is collected for one that rests", () => {
    const found = estimate(LIMIT, { ...MARKET, state: "AUCTION" }, bookOfFour(), RATES);
    expect(found && [toText(found.fee), found.locked && toText(found.locked)]).toEqual(["0.001", "100"]);
  });

  it("gives average and worst price of a market order", () => {
    expect(estimated({ ...LIMIT, kind: "MARKET", side: "SELL", amount: "2" })).toMatchObject({
      average: "98.5",
      worst: "98",
      fee: "0.2955 USDT",
      locked: null,
    });
  });

  it("stops a market order where the market's rules do", () => {
    const book = bookOfFour();
    const order: Draft = { ...LIMIT, kind: "MARKET", amount: "1" };
    const guarded = estimate(order, { ...MARKET, protection: "0.005" }, book, RATES);
    expect(guarded?.now).toMatchObject({ isComplete: false });
    expect(guarded?.worst && toText(guarded.worst)).toBe("100");
    const banded = estimate(order, { ...MARKET, protection: null, price_band: "0.001" }, book, RATES);
    expect(banded?.worst && toText(banded.worst)).toBe("100");
  });

  it("says what an order that waits sets aside and where it may end", () => {
    expect(estimated(STOP_SELL)).toMatchObject({ value: "95", worst: "90.25", locked: "1", fee: "0.1425 USDT" });
    expect(estimated({ ...LIMIT, kind: "STOP_MARKET", trigger: "110" })).toMatchObject({
      worst: "115.5",
      locked: "115.5",
    });
    expect(estimated({ ...LIMIT, kind: "STOP_LIMIT", trigger: "110", price: "111" })).toMatchObject({
      worst: "111",
      locked: "111",
    });
    const spending: Draft = { ...LIMIT, kind: "TAKE_PROFIT", trigger: "80", amountIn: "quote", amount: "40" };
    expect(estimated(spending)).toMatchObject({ value: "40", locked: "40", received: "0.49925" });
  });

  it("lets a trailing stop begin at its distance from the last price", () => {
    const sale: Draft = { ...LIMIT, kind: "TRAILING_STOP", side: "SELL", trailing: "1.5" };
    expect(estimated(sale)).toMatchObject({ value: "98.5", locked: "1" });
    expect(estimated({ ...sale, side: "BUY" })).toMatchObject({ value: "101.5", locked: "106.57" });
  });

  it("takes the larger need of a pair, and sees where it would be refused", () => {
    expect(estimated(OCO_SELL)).toMatchObject({ locked: "1", worst: "90.25", wouldBeRefused: false });
    expect(estimated({ ...OCO_SELL, price: "99" })).toMatchObject({ wouldBeRefused: true });
    const purchase: Draft = { ...OCO_SELL, side: "BUY", price: "90", trigger: "110", stopPrice: "112" };
    expect(estimated(purchase)).toMatchObject({ locked: "112", worst: "112", wouldBeRefused: false });
    expect(estimated({ ...LIMIT, isPostOnly: true })).toMatchObject({ wouldBeRefused: true });
  });

  it("is silent while the draft is incomplete", () => {
    const book = bookOfFour();
    expect(estimate({ ...LIMIT, price: "" }, MARKET, book, RATES)).toBeNull();
    expect(estimate({ ...STOP_SELL, trigger: "" }, MARKET, book, RATES)).toBeNull();
    expect(estimate({ ...LIMIT, kind: "TRAILING_STOP", trailing: "" }, MARKET, book, RATES)).toBeNull();
  });
});
