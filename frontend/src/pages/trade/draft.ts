/** The order while it is being written. */

import { parse, type Decimal } from "../../money/decimal";
import type { Market, Order } from "../../streams/frames";
import { KINDS, type Kind, type Side, type TimeInForce } from "./kinds";

export type SelfTradePrevention = Order["self_trade_prevention"];

export interface Draft {
  readonly side: Side;
  readonly kind: Kind;
  readonly price: string;
  /** The price that ends the waiting. */
  readonly trigger: string;
  /** OCO: the limit price of its stop order; empty for one without. */
  readonly stopPrice: string;
  /** Trailing stop: its distance from the price, in percent. */
  readonly trailing: string;
  readonly amount: string;
  /** Which asset `amount` counts, where the kind leaves the choice. */
  readonly amountIn: "base" | "quote";
  /** Iceberg: how much of it the book shows at a time. */
  readonly shown: string;
  readonly timeInForce: TimeInForce;
  /** Good till a date: the moment on the reader's clock, as a datetime-local entry writes it. */
  readonly goodTill: string;
  readonly isPostOnly: boolean;
  /** Null leaves it to what the account has chosen. */
  readonly selfTradePrevention: SelfTradePrevention | null;
}

/** A part of the draft that something can be wrong with. */
export type EntryName = "price" | "trigger" | "stopPrice" | "trailing" | "amount" | "shown" | "goodTill";

export const EMPTY_DRAFT: Draft = {
  side: "BUY",
  kind: "LIMIT",
  price: "",
  trigger: "",
  stopPrice: "",
  trailing: "",
  amount: "",
  amountIn: "quote",
  shown: "",
  timeInForce: "GTC",
  goodTill: "",
  isPostOnly: false,
  selfTradePrevention: null,
};

/** The number somebody typed; spaces around it do not matter. */
export function typed(text: string): Decimal | null {
  return parse(text.trim().replace(/^\./, "0.").replace(/\.$/, ""));
}

/** The number somebody typed, if it is more than zero. */
export function positive(text: string): Decimal | null {
  const number = typed(text);
  return number === null || number.units <= 0n ? null : number;
}

export function canCountQuote(draft: Draft): boolean {
  return KINDS[draft.kind].countsQuote.includes(draft.side);
}

export function countsBase(draft: Draft): boolean {
  return draft.amountIn === "base" || !canCountQuote(draft);
}

export function spentAsset(draft: Draft, market: Market): string {
  return draft.side === "BUY" ? market.quote : market.base;
}

/** The time in force as it holds for this kind: what another kind had chosen may not fit. */
export function timeInForce(draft: Draft): TimeInForce {
  return KINDS[draft.kind].times.includes(draft.timeInForce) ? draft.timeInForce : "GTC";
}

/** Whether some of it may stay in the book, so that it can be told not to take. */
export function mayBePostOnly(draft: Draft): boolean {
  const time = timeInForce(draft);
  return KINDS[draft.kind].canBePostOnly && (time === "GTC" || time === "GTD");
}

export function isPostOnly(draft: Draft): boolean {
  return draft.isPostOnly && mayBePostOnly(draft);
}

/** The entries that this kind of order has. */
export function entriesOf(draft: Draft): readonly EntryName[] {
  const { hasPrice, hasTrigger } = KINDS[draft.kind];
  const entries: EntryName[] = ["amount"];
  if (hasPrice) entries.push("price");
  if (hasTrigger) entries.push("trigger");
  if (draft.kind === "OCO") entries.push("stopPrice");
  if (draft.kind === "TRAILING_STOP") entries.push("trailing");
  if (draft.kind === "ICEBERG") entries.push("shown");
  if (timeInForce(draft) === "GTD") entries.push("goodTill");
  return entries;
}

/** The moment until which the order is good; null where none was written. */
export function goodTill(draft: Draft): Date | null {
  const moment = new Date(draft.goodTill);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

/** Whether everything is written that the kind needs, right or wrong. */
export function isComplete(draft: Draft): boolean {
  return entriesOf(draft).every((entry) => {
    if (entry === "stopPrice") return true;
    return entry === "goodTill" ? goodTill(draft) !== null : typed(draft[entry]) !== null;
  });
}
