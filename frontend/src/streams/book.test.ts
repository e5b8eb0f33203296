import { describe, expect, it } from "vitest";
import { decimal, toText } from "../money/decimal";
import { Book, groupLevels, type PriceLevel } from "./book";
import type { BookSnapshot, Level } from "./frames";

const SNAPSHOT: BookSnapshot = {
  type: "snapshot",
  last_update_id: 10,
  bids: [
    ["100.5", "1"],
    ["100", "2"],
  ],
  asks: [
    ["101", "3"],
    ["102.25", "4"],
  ],
};

function update(first: number, last: number, bids: Level[], asks: Level[] = []) {
  return { type: "update", first_update_id: first, last_update_id: last, bids, asks } as const;
}

function texts(levels: readonly PriceLevel[]): string[] {
  return levels.map(({ price, quantity }) => `${toText(quantity)}@${toText(price)}`);
}

describe("Book", () => {
  it("applies diffs that join", () => {
    const book = new Book();
    book.replace(SNAPSHOT);
    expect(
      book.apply(
        update(
          11,
          13,
          [
            ["100.50", "0"],
            ["100.2", "5"],
            ["99", "1"],
          ],
          [["101.00", "2.5"]],
        ),
      ),
    ).toBe(true);
    expect(book.apply(update(14, 14, [["101", "0"]]))).toBe(true);
    expect(texts(book.bids)).toEqual(["5@100.2", "2@100", "1@99"]);
    expect(texts(book.asks)).toEqual(["2.5@101", "4@102.25"]);
  });

  it.each([
    [12, 12],
    [10, 11],
    [9, 9],
  ])("is worth nothing after a diff from %i to %i that does not join", (first, last) => {
    const book = new Book();
    book.replace(SNAPSHOT);
    expect(book.apply(update(first, last, [["100", "9"]]))).toBe(false);
    expect(book.isJoined).toBe(false);
    expect(book.bids).toEqual([]);
    expect(book.apply(update(11, 11, [["100", "9"]]))).toBe(false);
    book.replace(SNAPSHOT);
    expect(texts(book.bids)).toEqual(["1@100.5", "2@100"]);
  });

  it("stays sorted and equal to a plain map under random diffs", () => {
    const book = new Book();
    book.replace({ type: "snapshot", last_update_id: 0, bids: [], asks: [] });
    const expected = new Map<string, string>();
    let state = 11;
    const next = (most: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % most;
    };
    for (let id = 1; id <= 2_000; id += 1) {
      const price = String(100 + next(60));
      const quantity = String(next(4));
      expect(book.apply(update(id, id, [[price, quantity]], [[price, quantity]]))).toBe(true);
      if (quantity === "0") expected.delete(price);
      else expected.set(price, quantity);
    }
    const ascending = [...expected]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([price, quantity]) => `${quantity}@${price}`);
    expect(texts(book.asks)).toEqual(ascending);
    expect(texts(book.bids)).toEqual(ascending.reverse());
  });
});

describe("groupLevels", () => {
  const levels = (side: readonly Level[]): PriceLevel[] =>
    side.map(([price, quantity]) => ({ price: decimal(price), quantity: decimal(quantity) }));

  it("rounds bids down and asks up, and sums up", () => {
    const bids = groupLevels(
      levels([
        ["100.9", "1"],
        ["100.1", "2"],
        ["99.9", "4"],
      ]),
      "bids",
      decimal("1"),
      5,
    );
    expect(bids.map((group) => [toText(group.price), toText(group.quantity), toText(group.total)])).toEqual([
      ["100", "3", "3"],
      ["99", "4", "7"],
    ]);
    const asks = groupLevels(
      levels([
        ["101", "1"],
        ["101.1", "2"],
        ["102", "4"],
      ]),
      "asks",
      decimal("1"),
      5,
    );
    expect(asks.map((group) => [toText(group.price), toText(group.quantity), toText(group.total)])).toEqual([
      ["101", "1", "1"],
      ["102", "6", "7"],
    ]);
  });

  it("ends after the groups asked for", () => {
    expect(
      groupLevels(
        levels([
          ["3", "1"],
          ["2", "1"],
          ["1", "1"],
        ]),
        "bids",
        decimal("1"),
        2,
      ),
    ).toHaveLength(2);
  });
});
