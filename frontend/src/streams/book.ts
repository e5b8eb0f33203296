/**
 * The order book of one market, held exactly as the server has it.
 *
 * A diff is applied only if it joins: its first update id follows the last one applied. Otherwise the book is worth nothing,
 * and says so, until the next snapshot.
 */

import { add, compare, decimal, divide, multiply, ZERO, type Decimal } from "../money/decimal";
import type { BookSnapshot, BookUpdate, Level } from "./frames";

export interface PriceLevel {
  readonly price: Decimal;
  readonly quantity: Decimal;
}

export type BookSide = "bids" | "asks";

/** -1 where `a` is nearer to the middle of the book than `b`. */
function order(side: BookSide, a: Decimal, b: Decimal): number {
  return side === "bids" ? compare(b, a) : compare(a, b);
}

export class Book {
  /** Best first. */
  bids: PriceLevel[] = [];
  asks: PriceLevel[] = [];
  private lastUpdateId: number | null = null;

  get isJoined(): boolean {
    return this.lastUpdateId !== null;
  }

  replace(snapshot: BookSnapshot): void {
    const read = ([price, quantity]: Level): PriceLevel => ({ price: decimal(price), quantity: decimal(quantity) });
    this.bids = snapshot.bids.map(read);
    this.asks = snapshot.asks.map(read);
    this.lastUpdateId = snapshot.last_update_id;
  }

  /** Apply a diff; false where it does not join, and the book is empty from then on. */
  apply(update: BookUpdate): boolean {
    if (this.lastUpdateId === null) return false;
    if (update.first_update_id !== this.lastUpdateId + 1) {
      this.clear();
      return false;
    }
    for (const level of update.bids) this.set("bids", level);
    for (const level of update.asks) this.set("asks", level);
    this.lastUpdateId = update.last_update_id;
    return true;
  }

  clear(): void {
    this.bids = [];
    this.asks = [];
    this.lastUpdateId = null;
  }

  private set(side: BookSide, [priceText, quantityText]: Level): void {
    const levels = this[side];
    const price = decimal(priceText);
    const quantity = decimal(quantityText);
    let low = 0;
    let high = levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = levels[middle];
      if (at !== undefined && order(side, at.price, price) < 0) low = middle + 1;
      else high = middle;
    }
    const found = levels[low];
    const isThere = found !== undefined && compare(found.price, price) === 0;
    if (quantity.units === 0n) {
      if (isThere) levels.splice(low, 1);
    } else {
      levels.splice(low, isThere ? 1 : 0, { price, quantity });
    }
  }
}

export interface GroupedLevel extends PriceLevel {
  /** Of this level and all better ones. */
  readonly total: Decimal;
}

/** The best `count` levels in groups of `step`: bids round down and asks up, so no group looks better than its orders are. */
export function groupLevels(
  levels: readonly PriceLevel[],
  side: BookSide,
  step: Decimal,
  count: number,
): GroupedLevel[] {
  const groups: { price: Decimal; quantity: Decimal; total: Decimal }[] = [];
  let total = ZERO;
  for (const { price, quantity } of levels) {
    const group = multiply(divide(price, step, 0, side === "bids" ? "down" : "up"), step);
    const last = groups.at(-1);
    if (last !== undefined && compare(last.price, group) === 0) {
      last.quantity = add(last.quantity, quantity);
      last.total = total = add(total, quantity);
      continue;
    }
    if (groups.length === count) break;
    total = add(total, quantity);
    groups.push({ price: group, quantity, total });
  }
  return groups;
}
