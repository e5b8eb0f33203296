import { describe, expect, it } from "vitest";
import { toText } from "../money/decimal";
import { AT, openOrder } from "./fixtures";
import type { Order, UserEvent } from "./frames";
import { applyToOrders, remainingOf } from "./orderEvents";

const LATER = "2026-01-20T14:26:00.000000Z";
const ABOUT = { type: "event", writer: "main", sequence: 1, at: LATER, order_id: "1", symbol: "BTC-USDT" } as const;

type Told = UserEvent extends infer Each ? (Each extends UserEvent ? Omit<Each, keyof typeof ABOUT> : never) : never;

/** What becomes of `order` by what is told of it. */
function after(order: Order, ...told: Told[]): Order | undefined {
  let orders: ReadonlyMap<string, Order> = new Map([[order.id, order]]);
  for (const event of told) orders = applyToOrders(orders, { ...ABOUT, ...event } as UserEvent);
  return orders.get(order.id);
}

function fill(quantity: string, remaining: string): Told {
  return { event: "fill", side: "SELL", price: "100", quantity, remaining_quantity: remaining } as Told;
}

function reduced(quantity: string, remaining: string): Told {
  return { event: "reduced", side: "SELL", quantity, remaining_quantity: remaining } as Told;
}

describe("applyToOrders", () => {
  const stop = openOrder("1", { type: "STOP_LIMIT", is_waiting: true, trigger_price: "95" });
  const iceberg = openOrder("1", { type: "ICEBERG", display_quantity: "0.5", visible_quantity: "0.5" });

  it("ends the waiting of an order whose price was reached", () => {
    const triggered = after(stop, { event: "triggered", side: "SELL", trigger_price: "95" } as Told);
    expect(triggered).toMatchObject({ is_waiting: false, triggered_at: LATER, updated_at: LATER, status: "OPEN" });
  });

  it("moves the trigger of a trailing stop", () => {
    expect(after(stop, { event: "trailing", trigger_price: "97.5" } as Told)?.trigger_price).toBe("97.5");
  });

  it("changes the terms of an order that kept its place", () => {
    const terms = { event: "amended", side: "SELL", price: "100", quantity: "1.5", remaining_quantity: "1.5" } as Told;
    expect(after(openOrder("1"), terms)).toMatchObject({ quantity: "1.5", remaining_quantity: "1.5", price: "100" });
    // The hidden part gets smaller first, so the visible one changes only where nothing else is left.
    const small = { ...terms, quantity: "0.3", remaining_quantity: "0.3" } as Told;
    expect(after(iceberg, terms)?.visible_quantity).toBe("0.5");
    expect(after(iceberg, small)?.visible_quantity).toBe("0.3");
  });

  it("tells what was prevented from what has traded", () => {
    const left = after(openOrder("1"), fill("0.5", "1.5"), reduced("0.25", "1.25"), fill("0.25", "1"));
    expect(left).toMatchObject({ filled_quantity: "0.75", prevented_quantity: "0.25", remaining_quantity: "1" });
    expect(left && toText(remainingOf(left) ?? { units: 0n, scale: 0 })).toBe("1");
    expect(after(openOrder("1"), reduced("2", "0"))).toBeUndefined();
  });

  it("shows the next part of an iceberg when the visible one is used up", () => {
    expect(after(iceberg, fill("0.2", "1.8"))?.visible_quantity).toBe("0.3");
    expect(after(iceberg, fill("0.2", "1.8"), fill("0.3", "1.5"))?.visible_quantity).toBe("0.5");
    expect(after(iceberg, fill("0.5", "1.5"), fill("0.5", "1"), fill("0.5", "0.5"), fill("0.3", "0.2"))).toMatchObject({
      visible_quantity: "0.2",
    });
    expect(after(iceberg, reduced("0.5", "0.3"))?.visible_quantity).toBe("0.3");
  });

  it("takes an order that acted anew as it is told, and forgets one that ended", () => {
    const order = openOrder("1", { price: "101", updated_at: AT });
    expect(after(openOrder("1"), { event: "order", order, amended: true, fills: [] } as Told)).toEqual(order);
    const ended = openOrder("1", { status: "EXPIRED" });
    expect(after(openOrder("1"), { event: "order", order: ended, amended: false, fills: [] } as Told)).toBeUndefined();
  });

  it("leaves orders alone that nothing was told of", () => {
    const orders = new Map([["2", openOrder("2")]]);
    const countdown = { ...ABOUT, event: "countdown", deadline: LATER } as UserEvent;
    expect(applyToOrders(orders, countdown)).toBe(orders);
    expect(applyToOrders(orders, { ...ABOUT, ...fill("1", "1") } as UserEvent)).toBe(orders);
    expect(applyToOrders(orders, { ...ABOUT, event: "something new" } as unknown as UserEvent)).toBe(orders);
  });
});
