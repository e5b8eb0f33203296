import { describe, expect, it } from "vitest";
import { AT, openOrder } from "./fixtures";
import type { Balance, UserEvent, UserSnapshot } from "./frames";
import { applyEvent, fromSnapshot, newestFirst, type UserState } from "./userState";

function balance(asset: string, available: string, version: number): Balance {
  return { asset, available, locked: "0", total: available, version };
}

const SNAPSHOT: UserSnapshot = {
  type: "snapshot",
  sequences: { main: 5 },
  orders: [openOrder("1")],
  balances: [balance("BTC", "3", 7)],
};

function fill(sequence: number, remaining: string, balances: Balance[] = []): UserEvent {
  return {
    type: "event",
    writer: "main",
    sequence,
    at: AT,
    event: "fill",
    order_id: "1",
    symbol: "BTC-USDT",
    side: "SELL",
    price: "100",
    quantity: "0.5",
    remaining_quantity: remaining,
    balances,
  };
}

function applied(state: UserState, event: UserEvent): UserState {
  const result = applyEvent(state, event);
  if (result.kind !== "applied") throw new Error(`The event was not applied: ${result.kind}`);
  return result.state;
}

describe("applyEvent", () => {
  const state = fromSnapshot(SNAPSHOT);

  it("fills an order in part, then takes it away", () => {
    const partial = applied(state, fill(6, "1.5"));
    expect(partial.orders.get("1")).toMatchObject({ status: "PARTIAL", filled_quantity: "0.5", filled_quote: "50" });
    expect(applied(partial, fill(7, "0.0")).orders.size).toBe(0);
    expect(state.orders.get("1")?.status).toBe("OPEN");
  });

  it("keeps an order only while it is open", () => {
    const opened = applied(state, {
      type: "event",
      writer: "main",
      sequence: 6,
      at: AT,
      event: "order",
      order: openOrder("2"),
      amended: false,
      fills: [],
    });
    expect([...opened.orders.keys()]).toEqual(["1", "2"]);
    const closed = applied(opened, {
      type: "event",
      writer: "main",
      sequence: 7,
      at: AT,
      event: "closed",
      order_id: "2",
      symbol: "BTC-USDT",
      side: "SELL",
      status: "CANCELLED",
      reason: "",
    });
    expect([...closed.orders.keys()]).toEqual(["1"]);
  });

  it("sees gaps and repetitions, for each writer by itself", () => {
    expect(applyEvent(state, fill(7, "1")).kind).toBe("gap");
    expect(applyEvent(state, fill(5, "1")).kind).toBe("repeated");
    expect(applyEvent(state, { ...fill(1, "1"), writer: "funds" }).kind).toBe("applied");
    expect(applyEvent(state, { ...fill(6, "1"), writer: "funds" }).kind).toBe("gap");
  });

  it("ignores balances that are not newer", () => {
    const older = applied(state, fill(6, "1", [balance("BTC", "99", 7), balance("USDT", "1", 1)]));
    expect(older.balances.get("BTC")?.available).toBe("3");
    expect(older.balances.get("USDT")?.available).toBe("1");
    expect(applied(older, fill(7, "0.5", [balance("BTC", "2.5", 8)])).balances.get("BTC")?.available).toBe("2.5");
  });
});

it("sorts ids as the numbers they are", () => {
  expect([{ id: "9" }, { id: "100" }, { id: "11" }].sort(newestFirst).map(({ id }) => id)).toEqual(["100", "11", "9"]);
});
