/** What an event of the account means for its open orders. */

import { add, compare, decimal, multiply, sign, smaller, subtract, toText, ZERO, type Decimal } from "../money/decimal";
import type { FillEvent, Order, ReducedEvent, UserEvent } from "./frames";

type Orders = ReadonlyMap<string, Order>;

export function isOpen(order: Order): boolean {
  return order.status === "OPEN" || order.status === "PARTIAL" || order.status === "PENDING";
}

/** What can still trade of it: neither traded nor prevented. Null for an order that counts the quote asset. */
export function remainingOf(order: Order): Decimal | null {
  if (order.quantity === null) return null;
  return subtract(subtract(decimal(order.quantity), decimal(order.filled_quantity)), decimal(order.prevented_quantity));
}

export function applyToOrders(orders: Orders, event: UserEvent): Orders {
  switch (event.event) {
    case "order":
      return isOpen(event.order) ? withOrder(orders, event.order) : without(orders, event.order.id);
    case "closed":
      return without(orders, event.order_id);
    case "fill":
      return changed(orders, event, (order) => filled(order, event));
    case "triggered":
      return changed(orders, event, (order) => ({
        ...order,
        is_waiting: false,
        triggered_at: event.at,
        trigger_price: event.trigger_price,
      }));
    case "trailing":
      return changed(orders, event, (order) => ({ ...order, trigger_price: event.trigger_price }));
    case "amended":
      return changed(orders, event, (order) =>
        remainsOf(event, order, {
          price: event.price,
          quantity: event.quantity,
          visible_quantity: shownAtMost(order.visible_quantity, event.remaining_quantity),
        }),
      );
    case "reduced":
      return changed(orders, event, (order) => reduced(order, event));
    default:
      return orders;
  }
}

function withOrder(orders: Orders, order: Order): Orders {
  return new Map(orders).set(order.id, order);
}

function without(orders: Orders, id: string): Orders {
  if (!orders.has(id)) return orders;
  const left = new Map(orders);
  left.delete(id);
  return left;
}

/** With the order that the event is about as `change` makes it, or without it where that is null. */
function changed(
  orders: Orders,
  event: { readonly order_id: string; readonly at: string },
  change: (order: Order) => Order | null,
): Orders {
  const order = orders.get(event.order_id);
  if (order === undefined) return orders;
  const made = change(order);
  return made === null ? without(orders, order.id) : withOrder(orders, { ...made, updated_at: event.at });
}

/** The order with these fields, or null where the event leaves nothing of it. */
function remainsOf(event: { readonly remaining_quantity: string }, order: Order, fields: Partial<Order>): Order | null {
  if (sign(decimal(event.remaining_quantity)) <= 0) return null;
  return { ...order, ...fields, remaining_quantity: event.remaining_quantity };
}

function filled(order: Order, event: FillEvent): Order | null {
  const value = multiply(decimal(event.price), decimal(event.quantity));
  return remainsOf(event, order, {
    status: "PARTIAL",
    filled_quantity: toText(add(decimal(order.filled_quantity), decimal(event.quantity))),
    filled_quote: toText(add(decimal(order.filled_quote), value)),
    visible_quantity: shownAfter(order, event),
  });
}

function reduced(order: Order, event: ReducedEvent): Order | null {
  return remainsOf(event, order, {
    prevented_quantity: toText(add(decimal(order.prevented_quantity), decimal(event.quantity))),
    visible_quantity: shownAfter(order, event),
  });
}

/** What an iceberg shows when `quantity` of it is gone: what is left of the visible part, or else the next part. */
function shownAfter(
  order: Order,
  event: { readonly quantity: string; readonly remaining_quantity: string },
): string | null {
  if (order.visible_quantity === null || order.display_quantity === null) return order.visible_quantity;
  const left = subtract(decimal(order.visible_quantity), decimal(event.quantity));
  const shown = compare(left, ZERO) > 0 ? left : decimal(order.display_quantity);
  return toText(smaller(shown, decimal(event.remaining_quantity)));
}

function shownAtMost(visible: string | null, remaining: string): string | null {
  return visible === null ? null : toText(smaller(decimal(visible), decimal(remaining)));
}
