/** Orders of which one cancels the other, next to each other. */

import type { Order } from "../../streams/frames";

export interface Listed {
  readonly order: Order;
  /** Where it stands in its pair; null of an order by itself. */
  readonly place: "first" | "last" | null;
}

/** In the given order, but with the second of a pair right behind the first. */
export function listed(orders: readonly Order[]): readonly Listed[] {
  const byId = new Map(orders.map((order) => [order.id, order]));
  return orders.flatMap((order): readonly Listed[] => {
    if (!byId.delete(order.id)) return [];
    const partner = order.other_leg_id === null ? undefined : byId.get(order.other_leg_id);
    if (partner === undefined) return [{ order, place: null }];
    byId.delete(partner.id);
    return [
      { order, place: "first" },
      { order: partner, place: "last" },
    ];
  });
}
