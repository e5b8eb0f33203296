/** What happens to orders while one looks elsewhere, in a few words. */

import { explainReason } from "../api/errors";
import { add, decimal, format, toText, ZERO } from "../money/decimal";
import type { BustEvent, OrderEvent, TransferEvent, UserEvent, WithdrawalEvent } from "../streams/frames";
import { isOpen } from "../streams/orderEvents";

export interface Announcement {
  readonly tone: "good" | "plain";
  readonly title: string;
  readonly text: string;
}

/** Ends that somebody at the page has asked for, or of which the other order of a pair tells. */
const EXPECTED_ENDS: ReadonlySet<string> = new Set(["CANCELLED_BY_OWNER", "REPLACED", "OCO_OTHER_LEG"]);

/** Null where there is nothing new: answers to one's own doing are shown where it was done. */
export function announcementOf(event: UserEvent): Announcement | null {
  switch (event.event) {
    case "fill":
      return traded(event.symbol, event.side, event.quantity, event.price);
    case "triggered": {
      const what = event.side === "BUY" ? "purchase" : "sale";
      const price = format(decimal(event.trigger_price));
      return {
        tone: "plain",
        title: `${name(event.symbol)}: trigger reached`,
        text: `The price has reached ${price}, and your waiting ${what} acts now.`,
      };
    }
    case "closed":
      return EXPECTED_ENDS.has(event.reason) ? null : ended(event.symbol, event.reason);
    case "bust":
      return undone(event);
    case "order":
      return event.order.triggered_at === null || event.amended ? null : acted(event);
    case "deposit":
      return event.state === "CREDITED"
        ? { tone: "good", title: `${money(event)} arrived`, text: "Your deposit has been credited." }
        : null;
    case "withdrawal":
      return withdrawn(event);
    case "transfer":
      return transferred(event);
    case "address_changed":
      return {
        tone: "plain",
        title: `A ${event.currency} address at another exchange has changed`,
        text: `Send nothing over ${event.network} before you have compared it: Wallet, Exchanges.`,
      };
    default:
      return null;
  }
}

function money({ amount, asset }: { readonly amount: string; readonly asset: string }): string {
  return `${format(decimal(amount))} ${asset}`;
}

function withdrawn(event: WithdrawalEvent): Announcement | null {
  switch (event.state) {
    case "SENT":
      return { tone: "plain", title: `${money(event)} sent`, text: "Your withdrawal is on its way." };
    case "CONFIRMED":
      return { tone: "good", title: `${money(event)} withdrawn`, text: "The network has confirmed your withdrawal." };
    case "REJECTED":
    case "FAILED":
      return {
        tone: "plain",
        title: `Withdrawal of ${money(event)} did not go out`,
        text: event.reason_text === "" ? "What was locked for it is free again." : event.reason_text,
      };
    default:
      return null;
  }
}

function transferred(event: TransferEvent): Announcement | null {
  if (event.direction !== "received") return null;
  const sender = event.counterparty ?? "another user";
  const note = event.note ?? "";
  const text = note === "" ? `From ${sender}.` : `From ${sender}, who writes: ${note}`;
  return { tone: "good", title: `${money(event)} received`, text };
}

/** What became of an order that had waited. */
function acted({ order, fills }: OrderEvent): Announcement | null {
  if (fills.length > 0) {
    const quantity = fills.reduce((sum, fill) => add(sum, decimal(fill.quantity)), ZERO);
    return traded(order.symbol, order.side, toText(quantity), order.average_price ?? fills[0]?.price ?? "0");
  }
  return isOpen(order) ? null : ended(order.symbol, order.reason);
}

function name(symbol: string): string {
  return symbol.replace("-", "/");
}

function traded(symbol: string, side: "BUY" | "SELL", quantity: string, price: string): Announcement {
  const [base = "", quote = ""] = symbol.split("-");
  return {
    tone: "good",
    title: `${side === "BUY" ? "Bought" : "Sold"} ${format(decimal(quantity))} ${base}`,
    text: `Your order was filled at ${format(decimal(price))} ${quote}.`,
  };
}

function ended(symbol: string, reason: string): Announcement {
  const why = explainReason(reason);
  return {
    tone: "plain",
    title: `${name(symbol)}: order ended`,
    text: `Your order ended${why === null ? "" : `: ${why}`}.`,
  };
}

function undone({ symbol, side, quantity, price }: BustEvent): Announcement {
  const [base = "", quote = ""] = symbol.split("-");
  const what = `${side === "BUY" ? "purchase" : "sale"} of ${format(decimal(quantity))} ${base}`;
  return {
    tone: "plain",
    title: `${name(symbol)}: trade undone`,
    text: `The exchange has undone your ${what} at ${format(decimal(price))} ${quote}. What it moved has gone back, and so has its fee.`,
  };
}
