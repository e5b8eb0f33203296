/** What the server sends; docs/streams.md is the contract. */

import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type Order = Schemas["Order"];
export type Market = Schemas["Market"];
export type Candle = Schemas["Candle"];
export type PublicTrade = Schemas["PublicTrade"];
export type Ticker = Schemas["Ticker"];
export type Auction = Schemas["Auction"];
export type Balance = Schemas["Balance"];
export type ExchangeNotice = Schemas["Notice"];

export type Interval =
  "1s" | "1m" | "3m" | "5m" | "15m" | "30m" | "1h" | "2h" | "4h" | "6h" | "12h" | "1d" | "1w" | "1M";

/** Price and quantity; quantity "0" takes the level away. */
export type Level = readonly [price: string, quantity: string];

export interface BookSnapshot {
  readonly type: "snapshot";
  readonly last_update_id: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface BookUpdate {
  readonly type: "update";
  readonly first_update_id: number;
  readonly last_update_id: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

interface UserEventBase {
  readonly type: "event";
  readonly writer: string;
  readonly sequence: number;
  readonly at: string;
  readonly balances?: readonly Balance[];
}

export interface OrderEvent extends UserEventBase {
  readonly event: "order";
  readonly order: Order;
  /** It had other terms before, and has lost its place for these. */
  readonly amended: boolean;
  readonly fills: readonly { trade_id: string; price: string; quantity: string; fee: string; fee_asset: string }[];
}

export interface FillEvent extends UserEventBase {
  readonly event: "fill";
  readonly order_id: string;
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly price: string;
  readonly quantity: string;
  readonly remaining_quantity: string;
}

export interface ClosedEvent extends UserEventBase {
  readonly event: "closed";
  readonly order_id: string;
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly status: Order["status"];
  readonly reason: string;
}

/** A waiting order's price was reached; what it did then follows as an order event. */
export interface TriggeredEvent extends UserEventBase {
  readonly event: "triggered";
  readonly order_id: string;
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly trigger_price: string;
}

/** Other terms for an order that kept its place. */
export interface AmendedEvent extends UserEventBase {
  readonly event: "amended";
  readonly order_id: string;
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly price: string;
  readonly quantity: string;
  readonly remaining_quantity: string;
}

/** The trigger of a trailing stop followed the price. */
export interface TrailingEvent extends UserEventBase {
  readonly event: "trailing";
  readonly order_id: string;
  readonly symbol: string;
  readonly trigger_price: string;
}

/** Self-trade prevention took a part of the order away. */
export interface ReducedEvent extends UserEventBase {
  readonly event: "reduced";
  readonly order_id: string;
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly quantity: string;
  readonly remaining_quantity: string;
}

/** The account's countdown in a market began anew or ended. */
export interface CountdownEvent extends UserEventBase {
  readonly event: "countdown";
  readonly symbol: string;
  readonly deadline: string | null;
}

/** The exchange has undone a trade: what it moved went back. */
export interface BustEvent extends UserEventBase {
  readonly event: "bust";
  readonly order_id: string;
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly trade_id: string;
  readonly price: string;
  readonly quantity: string;
}

/** What became of a deposit; the list over REST has the rest of it. */
export interface DepositEvent extends UserEventBase {
  readonly event: "deposit";
  readonly id: string;
  readonly asset: string;
  readonly amount: string;
  readonly state: Schemas["Deposit"]["state"];
  readonly confirmations: number;
}

export interface WithdrawalEvent extends UserEventBase {
  readonly event: "withdrawal";
  readonly id: string;
  readonly asset: string;
  readonly amount: string;
  readonly state: Schemas["Withdrawal"]["state"];
  readonly reason_text: string;
}

/** Between two users, or a correction by the exchange. */
export interface TransferEvent extends UserEventBase {
  readonly event: "transfer";
  readonly id: string;
  readonly asset: string;
  readonly amount: string;
  readonly direction: "sent" | "received" | "adjustment";
  readonly counterparty?: string;
  readonly note?: string;
}

/** An exchange gives another address than the one that was known there. */
export interface AddressChangedEvent extends UserEventBase {
  readonly event: "address_changed";
  readonly account_id: string;
  readonly exchange: string;
  readonly currency: string;
  readonly network: string;
}

/** How far a sync of addresses is. It has no number and is not kept: who missed one asks over REST. */
export interface AddressSyncFrame {
  readonly type: "address_sync";
  readonly data: { readonly account_id: string; readonly sync: Schemas["AddressSync"] };
}

export type UserEvent =
  | AddressChangedEvent
  | DepositEvent
  | WithdrawalEvent
  | TransferEvent
  | OrderEvent
  | FillEvent
  | ClosedEvent
  | TriggeredEvent
  | AmendedEvent
  | TrailingEvent
  | ReducedEvent
  | CountdownEvent
  | BustEvent;

export interface UserSnapshot {
  readonly type: "snapshot";
  readonly sequences: Readonly<Record<string, number>>;
  readonly orders: readonly Order[];
  readonly balances: readonly Balance[];
}
