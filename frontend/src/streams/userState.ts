/**
 * What the private stream tells about the account: open orders and balances, and up to which event of each writer.
 *
 * Events are numbered without gaps per writer. Balances carry a version, because two writers may overtake each other: a lower
 * or equal version is old news.
 */

import type { Balance, Order, UserEvent, UserSnapshot } from "./frames";
import { applyToOrders } from "./orderEvents";

export interface UserState {
  readonly sequences: Readonly<Record<string, number>>;
  /** Open ones by id. */
  readonly orders: ReadonlyMap<string, Order>;
  readonly balances: ReadonlyMap<string, Balance>;
}

export type Applied =
  { readonly kind: "applied"; readonly state: UserState } | { readonly kind: "repeated" } | { readonly kind: "gap" };

export function fromSnapshot(snapshot: UserSnapshot): UserState {
  return {
    sequences: snapshot.sequences,
    orders: new Map(snapshot.orders.map((order) => [order.id, order])),
    balances: new Map(snapshot.balances.map((balance) => [balance.asset, balance])),
  };
}

export function applyEvent(state: UserState, event: UserEvent): Applied {
  const known = state.sequences[event.writer] ?? 0;
  if (event.sequence <= known) return { kind: "repeated" };
  if (event.sequence !== known + 1) return { kind: "gap" };
  return {
    kind: "applied",
    state: {
      sequences: { ...state.sequences, [event.writer]: event.sequence },
      orders: applyToOrders(state.orders, event),
      balances: mergeBalances(state.balances, event.balances ?? []),
    },
  };
}

function mergeBalances(known: ReadonlyMap<string, Balance>, news: readonly Balance[]): ReadonlyMap<string, Balance> {
  if (news.length === 0) return known;
  const merged = new Map(known);
  for (const balance of news) {
    const before = merged.get(balance.asset);
    if (before === undefined || balance.version > before.version) merged.set(balance.asset, balance);
  }
  return merged;
}

/** Ids are numbers without leading zeros, and grow with time. */
export function newestFirst(a: { id: string }, b: { id: string }): number {
  if (a.id.length !== b.id.length) return b.id.length - a.id.length;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
