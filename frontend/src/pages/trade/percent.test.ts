import { describe, expect, it } from "vitest";
import { decimal } from "../../money/decimal";
import type { Draft } from "./draft";
import { bookOfFour, LIMIT, MARKET, OCO_SELL } from "./fixtures";
import { amountForPercent } from "./percent";

describe("amountForPercent", () => {
  it.each<[Partial<Draft>, string, bigint, string | null]>([
    [{}, "1000", 50n, "5"],
    [{ price: "" }, "1000", 50n, null],
    [{ side: "SELL" }, "3.3335", 100n, "3.333"],
    [{ kind: "MARKET", amountIn: "quote" }, "1000.019", 100n, "1000.01"],
    [{ kind: "MARKET", amountIn: "base" }, "60", 100n, "0.598"],
    [{ kind: "MARKET", side: "SELL", amountIn: "quote" }, "2", 50n, "99"],
    [{ kind: "STOP_LIMIT", trigger: "110", price: "125" }, "1000", 100n, "8"],
    [{ kind: "STOP_MARKET", trigger: "110" }, "1155", 100n, "10"],
    [{ kind: "STOP_MARKET", trigger: "" }, "1155", 100n, null],
    [{ kind: "STOP_MARKET", amountIn: "quote" }, "1155", 100n, "1155"],
    [{ kind: "TRAILING_STOP", trailing: "1.5" }, "1065.7", 100n, "10"],
    [{ ...OCO_SELL }, "2", 75n, "1.5"],
    [{ ...OCO_SELL, side: "BUY", price: "90", trigger: "110", stopPrice: "112.5" }, "1000", 100n, "8.888"],
  ])("%j of %s, %s percent", (change, spendable, percent, expected) => {
    expect(amountForPercent({ ...LIMIT, ...change }, MARKET, bookOfFour(), decimal(spendable), percent)).toBe(expected);
  });
});
