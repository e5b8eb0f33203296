import { expect, it } from "vitest";
import { openOrder } from "../../streams/fixtures";
import { listed } from "./pairs";

it("puts the second order of a pair right behind the first, and leaves the others where they are", () => {
  const orders = [
    openOrder("9"),
    openOrder("8", { other_leg_id: "5" }),
    openOrder("7"),
    openOrder("6", { other_leg_id: "3" }),
    openOrder("5", { other_leg_id: "8" }),
  ];
  // The partner of 6 is not in the list.
  expect(listed(orders).map(({ order, place }) => [order.id, place])).toEqual([
    ["9", null],
    ["8", "first"],
    ["5", "last"],
    ["7", null],
    ["6", null],
  ]);
});
