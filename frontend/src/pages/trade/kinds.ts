/** The kinds of orders that the form offers: what each is called, what it takes, and what it does in one sentence. */

import type { Market } from "../../streams/frames";

export type Side = "BUY" | "SELL";
export type TimeInForce = "GTC" | "GTD" | "IOC" | "FOK";
export type Kind =
  | "LIMIT"
  | "MARKET"
  | "STOP_LIMIT"
  | "STOP_MARKET"
  | "TAKE_PROFIT_LIMIT"
  | "TAKE_PROFIT"
  | "TRAILING_STOP"
  | "ICEBERG"
  | "OCO";

interface Traits {
  readonly label: string;
  /** It names a limit price. */
  readonly hasPrice: boolean;
  /** It waits until the last price reaches its trigger. */
  readonly hasTrigger: boolean;
  /** Which way the price comes to the trigger of a purchase; a sale's comes the other way. */
  readonly triggersBuy: "rising" | "falling" | null;
  readonly times: readonly TimeInForce[];
  readonly canBePostOnly: boolean;
  /** Sides that may say how much of the quote asset is meant. */
  readonly countsQuote: readonly Side[];
}

const RESTING: readonly TimeInForce[] = ["GTC", "GTD"];
const ANY_TIME: readonly TimeInForce[] = ["GTC", "GTD", "IOC", "FOK"];

const PLAIN: Omit<Traits, "label" | "times"> = {
  hasPrice: false,
  hasTrigger: false,
  triggersBuy: null,
  canBePostOnly: false,
  countsQuote: [],
};
const STOP = { ...PLAIN, hasTrigger: true, triggersBuy: "rising" } as const;
const TAKE_PROFIT = { ...PLAIN, hasTrigger: true, triggersBuy: "falling" } as const;

export const KINDS: Readonly<Record<Kind, Traits>> = {
  LIMIT: { ...PLAIN, label: "Limit", hasPrice: true, times: ANY_TIME, canBePostOnly: true },
  MARKET: { ...PLAIN, label: "Market", times: [], countsQuote: ["BUY", "SELL"] },
  STOP_LIMIT: { ...STOP, label: "Stop limit", hasPrice: true, times: ANY_TIME },
  STOP_MARKET: { ...STOP, label: "Stop market", times: RESTING, countsQuote: ["BUY"] },
  TAKE_PROFIT_LIMIT: { ...TAKE_PROFIT, label: "Take profit limit", hasPrice: true, times: ANY_TIME },
  TAKE_PROFIT: { ...TAKE_PROFIT, label: "Take profit market", times: RESTING, countsQuote: ["BUY"] },
  TRAILING_STOP: { ...PLAIN, label: "Trailing stop", triggersBuy: "rising", times: RESTING, countsQuote: ["BUY"] },
  ICEBERG: { ...PLAIN, label: "Iceberg", hasPrice: true, times: RESTING, canBePostOnly: true },
  OCO: { ...STOP, label: "One cancels the other", hasPrice: true, times: [] },
};

export const TIMES: Readonly<Record<TimeInForce, string>> = {
  GTC: "Good till cancelled",
  GTD: "Good till a date",
  IOC: "Immediate or cancel",
  FOK: "Fill or kill",
};

/** Kinds that are in sight at once; the others are chosen from a list. */
export const FIRST_KINDS = ["LIMIT", "MARKET"] as const;
export const FURTHER_KINDS: readonly { readonly group: string; readonly kinds: readonly Kind[] }[] = [
  {
    group: "Wait for a price",
    kinds: ["STOP_LIMIT", "STOP_MARKET", "TAKE_PROFIT_LIMIT", "TAKE_PROFIT", "TRAILING_STOP"],
  },
  { group: "In the book", kinds: ["ICEBERG"] },
  { group: "Two orders", kinds: ["OCO"] },
];

/** Whether it waits outside of the book first. */
export function waits(kind: Kind): boolean {
  return KINDS[kind].triggersBuy !== null;
}

/** Whether the last price must come from below to reach the trigger. */
export function triggersRising(kind: Kind, side: Side): boolean {
  return (KINDS[kind].triggersBuy === "rising") === (side === "BUY");
}

/** What the order does, for somebody who meets this kind for the first time. */
export function explanation(kind: Kind, side: Side, { base }: Pick<Market, "base">): string {
  const [verb, better, limit] = side === "BUY" ? ["buys", "or less", "at most"] : ["sells", "or more", "at least"];
  const reached = triggersRising(kind, side) ? "rises to the trigger" : "falls to the trigger";
  switch (kind) {
    case "LIMIT":
      return `It ${verb} ${base} at your price ${better}.`;
    case "MARKET":
      return `It ${verb} ${base} at once, at the best prices there are.`;
    case "STOP_LIMIT":
    case "TAKE_PROFIT_LIMIT":
      return `It waits until the last price ${reached}, then ${verb} ${base} for ${limit} your limit price.`;
    case "STOP_MARKET":
    case "TAKE_PROFIT":
      return `It waits until the last price ${reached}, then ${verb} ${base} at the best prices there are.`;
    case "TRAILING_STOP":
      return side === "BUY"
        ? `Its trigger follows the price down at your distance; once the price turns up to it, it buys ${base} at the best prices.`
        : `Its trigger follows the price up at your distance; once the price turns down to it, it sells ${base} at the best prices.`;
    case "ICEBERG":
      return `It ${verb} ${base} at your price ${better}, and the book shows only a part of it at a time.`;
    case "OCO":
      return side === "BUY"
        ? `A limit order below the price and a stop above it: the first that acts cancels the other.`
        : `A limit order above the price and a stop below it: the first that acts cancels the other.`;
  }
}
