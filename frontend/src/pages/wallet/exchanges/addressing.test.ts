import { expect, it } from "vitest";
import { compared, groupsOf } from "./addressing";
import { ADDRESS } from "./fixtures";

it("groups by currency and network across exchanges", () => {
  const groups = groupsOf([
    ADDRESS,
    { ...ADDRESS, id: "d2", network: "ERC20" },
    { ...ADDRESS, id: "d4", currency: "BTC", network: "BTC" },
    { ...ADDRESS, id: "d3", exchange: "kraken" },
  ]);
  expect(groups.map(({ currency, network, addresses }) => [currency, network, addresses.map(({ id }) => id)])).toEqual([
    ["USDT", "ERC20", ["d2"]],
    ["USDT", "TRC20", ["d1", "d3"]],
    ["BTC", "BTC", ["d4"]],
  ]);
});

it("shows where two addresses differ", () => {
  expect(compared("TAbcdZ", "TAxyZ")).toEqual({ start: "TA", before: "bcd", after: "xy", end: "Z" });
  expect(compared("same", "same")).toEqual({ start: "same", before: "", after: "", end: "" });
  expect(compared("aa", "aaa")).toEqual({ start: "aa", before: "", after: "a", end: "" });
  expect(compared("", "new")).toEqual({ start: "", before: "", after: "new", end: "" });
});
