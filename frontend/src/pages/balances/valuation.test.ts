import { expect, it } from "vitest";
import { decimal, toText } from "../../money/decimal";
import type { Balance } from "../../streams/frames";
import { rate, totalWorth } from "./valuation";

const PRICES = new Map([
  ["BTC-USDT", decimal("65000")],
  ["ETH-BTC", decimal("0.05")],
]);

function holding(asset: string, total: string): Balance {
  return { asset, available: total, locked: "0", total, version: 1 };
}

it("values by a market, the other way round, and over one asset in between", () => {
  expect(rate("BTC", "USDT", PRICES)).toEqual(decimal("65000"));
  expect(toText(rate("USDT", "BTC", new Map([["BTC-USDT", decimal("50000")]])) ?? decimal("0"))).toBe("0.00002");
  expect(toText(rate("ETH", "USDT", PRICES) ?? decimal("0"))).toBe("3250");
  expect(rate("SOL", "USDT", PRICES)).toBeNull();
});

it("sums up what has a price and names what has none", () => {
  const { total, unpriced } = totalWorth(
    [holding("BTC", "2"), holding("USDT", "1.5"), holding("SOL", "1"), holding("XYZ", "0")],
    "USDT",
    PRICES,
  );
  expect(toText(total)).toBe("130001.5");
  expect(unpriced).toEqual(["SOL"]);
});
