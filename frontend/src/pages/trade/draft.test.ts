import { describe, expect, it } from "vitest";
import { decimal, toText } from "../../money/decimal";
import { Book } from "../../streams/book";
import type { Market } from "../../streams/frames";
import { amountForPercent, estimate, problemsOf, toRequest, typed, type Draft } from "./draft";
import { slippage, sweep } from "./sweep";

const MARKET: Market = {
  symbol: "BTC-USDT",
  base: "BTC",
  quote: "USDT",
  state: "TRADING",
  state_reason: "",
  tick_size: "0.01",
  lot_size: "0.001",
  min_quantity: "0.001",
  max_quantity: "100",
  min_notional: "5",
  max_order_value: "1000000",
  max_open_orders: 200,
  price_band: "0.2",
  last_price: "100",
};
const RATES = { maker: "0.001", taker: "0.0015" };
const LIMIT: Draft = {
  side: "BUY",
  type: "LIMIT",
  price: "100",
  amount: "1",
  amountIn: "base",
  timeInForce: "GTC",
  isPostOnly: false,
};
const LOT = decimal("0.001");

function book(): Book {
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

describe("sweep", () => {
  it("takes the best levels first and stops at the limit", () => {
    const all = sweep(book().asks, "BUY", { quantity: decimal("1") }, LOT);
    expect([toText(all.quantity), toText(all.value), all.worst && toText(all.worst), all.isComplete]).toEqual([
      "1",
      "100.6",
      "101",
      true,
    ]);
    const limited = sweep(book().asks, "BUY", { quantity: decimal("1"), limit: decimal("100.5") }, LOT);
    expect([toText(limited.quantity), limited.isComplete]).toEqual(["0.4", false]);
    const beyond = sweep(book().asks, "BUY", { quantity: decimal("5") }, LOT);
    expect([toText(beyond.quantity), beyond.isComplete]).toEqual(["1.4", false]);
  });

  it("tells how far it goes", () => {
    expect(toText(slippage(sweep(book().asks, "BUY", { quantity: decimal("1") }, LOT)))).toBe("1");
    expect(toText(slippage(sweep([], "BUY", { quantity: decimal("1") }, LOT)))).toBe("0");
  });

  it("spends a budget in whole lots", () => {
    const spent = sweep(book().asks, "BUY", { budget: decimal("60") }, LOT);
    expect([toText(spent.quantity), toText(spent.value), spent.isComplete]).toEqual(["0.598", "59.998", true]);
    expect(sweep(book().asks, "BUY", { budget: decimal("0.05") }, LOT)).toMatchObject({
      worst: null,
      isComplete: false,
    });
  });
});

describe("problemsOf", () => {
  it.each<[Partial<Draft>, keyof Draft, string]>([
    [{ price: "1,5" }, "price", "Write digits"],
    [{ price: "100.001" }, "price", "multiple of 0.01"],
    [{ price: "79.99" }, "price", "between 80.00 and 120.00"],
    [{ amount: "0" }, "amount", "more than zero"],
    [{ amount: "0.0005" }, "amount", "multiple of 0.001 BTC"],
    [{ amount: "0.01" }, "amount", "at least 5 USDT"],
    [{ amount: "101" }, "amount", "At most 100 BTC"],
    [{ amount: "20" }, "amount", "1,000.00 USDT available"],
    [{ side: "SELL", amount: "1001" }, "amount", "At most 100 BTC"],
  ])("%j: %s", (change, field, words) => {
    expect(problemsOf({ ...LIMIT, ...change }, MARKET, decimal("1000"))[field as "price" | "amount"]).toContain(words);
  });

  it("says nothing of what is empty or fine", () => {
    expect(problemsOf({ ...LIMIT, price: "", amount: "" }, MARKET, decimal("0"))).toEqual({});
    expect(problemsOf(LIMIT, MARKET, decimal("100"))).toEqual({});
  });
});

describe("estimate", () => {
  it("splits a limit order into what trades now and what rests", () => {
    const found = estimate(LIMIT, MARKET, book(), RATES);
    expect(found).not.toBeNull();
    if (found === null) return;
    expect(toText(found.value)).toBe("100");
    // 0.4 BTC at the taker's rate, 0.6 BTC at the maker's.
    expect(toText(found.fee)).toBe("0.0012");
    expect(found.feeAsset).toBe("BTC");
    expect(toText(found.received)).toBe("0.9988");
  });

  it("gives average and worst price of a market order", () => {
    const found = estimate({ ...LIMIT, type: "MARKET", side: "SELL", amount: "2" }, MARKET, book(), RATES);
    expect(found?.average && toText(found.average)).toBe("98.5");
    expect(found?.now.worst && toText(found.now.worst)).toBe("98");
    expect(found && toText(found.fee)).toBe("0.2955");
    expect(found?.feeAsset).toBe("USDT");
  });

  it("is silent while the draft is incomplete", () => {
    expect(estimate({ ...LIMIT, price: "" }, MARKET, book(), RATES)).toBeNull();
  });
});

describe("amountForPercent", () => {
  it.each<[Partial<Draft>, string, bigint, string | null]>([
    [{}, "1000", 50n, "5"],
    [{ price: "" }, "1000", 50n, null],
    [{ side: "SELL" }, "3.3335", 100n, "3.333"],
    [{ type: "MARKET", amountIn: "quote" }, "1000.019", 100n, "1000.01"],
    [{ type: "MARKET", amountIn: "base" }, "60", 100n, "0.598"],
    [{ type: "MARKET", side: "SELL", amountIn: "quote" }, "2", 50n, "99"],
  ])("%j of %s, %s percent", (change, spendable, percent, expected) => {
    expect(amountForPercent({ ...LIMIT, ...change }, MARKET, book(), decimal(spendable), percent)).toBe(expected);
  });
});

describe("toRequest", () => {
  it("sends strings as they are meant", () => {
    expect(toRequest({ ...LIMIT, price: " 100.50 ", amount: ".5", isPostOnly: true }, MARKET, "id")).toEqual({
      symbol: "BTC-USDT",
      side: "BUY",
      type: "LIMIT",
      price: "100.5",
      quantity: "0.5",
      time_in_force: "GTC",
      post_only: true,
      client_order_id: "id",
      response: "RESULT",
    });
    expect(toRequest({ ...LIMIT, type: "MARKET", amountIn: "quote", amount: "25" }, MARKET, "id")).toEqual({
      symbol: "BTC-USDT",
      side: "BUY",
      type: "MARKET",
      quote_amount: "25",
      client_order_id: "id",
      response: "RESULT",
    });
  });
  it("reads what people type", () => {
    expect(typed("1.")).toEqual(decimal("1"));
    expect(typed("1e3")).toBeNull();
  });
});
