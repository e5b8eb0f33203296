import { expect, it } from "vitest";
import { AT, openOrder } from "../streams/fixtures";
import type { UserEvent } from "../streams/frames";
import { announcementOf } from "./announcing";

const ABOUT = { type: "event", writer: "main", sequence: 1, at: AT, order_id: "1", symbol: "BTC-USDT", side: "SELL" };

function announced(event: object): string | null {
  const news = announcementOf({ ...ABOUT, ...event } as unknown as UserEvent);
  return news === null ? null : `${news.title}. ${news.text}`;
}

const FILL = { trade_id: "7", price: "95", quantity: "0.5", fee: "0", fee_asset: "USDT" };

it("tells of trades, triggers and ends that nobody at the page has asked for", () => {
  expect(announced({ event: "fill", price: "100", quantity: "0.5" })).toBe(
    "Sold 0.5 BTC. Your order was filled at 100 USDT.",
  );
  expect(announced({ event: "triggered", trigger_price: "95" })).toContain(
    "reached 95, and your waiting sale acts now",
  );
  expect(announced({ event: "closed", reason: "COUNTDOWN" })).toContain("its countdown was not renewed in time");
  expect(announced({ event: "closed", reason: "CANCELLED_BY_OWNER" })).toBeNull();
  expect(announced({ event: "closed", reason: "OCO_OTHER_LEG" })).toBeNull();
  expect(announced({ event: "trailing", trigger_price: "97" })).toBeNull();
});

it("tells that a trade was undone", () => {
  expect(announced({ event: "bust", trade_id: "7", price: "95", quantity: "0.5" })).toBe(
    "BTC/USDT: trade undone. The exchange has undone your sale of 0.5 BTC at 95 USDT. " +
      "What it moved has gone back, and so has its fee.",
  );
});

it("tells what became of an order that had waited, and of no other", () => {
  const order = openOrder("1", { status: "FILLED", filled_quantity: "1", average_price: "94.5" });
  const fills = [FILL, FILL];
  expect(announced({ event: "order", order, fills })).toBeNull();
  const waited = { ...order, triggered_at: AT };
  expect(announced({ event: "order", order: waited, fills })).toBe("Sold 1 BTC. Your order was filled at 94.5 USDT.");
  expect(announced({ event: "order", order: waited, fills, amended: true })).toBeNull();
  const expired = { ...waited, status: "EXPIRED" as const, reason: "NO_LIQUIDITY" };
  expect(announced({ event: "order", order: expired, fills: [] })).toContain("the book had no more orders");
  expect(announced({ event: "order", order: { ...waited, status: "OPEN" }, fills: [] })).toBeNull();
});

it("tells of money that came, left, or did not leave", () => {
  const money = { asset: "BTC", amount: "1.50", id: "9" };
  expect(announced({ ...money, event: "deposit", state: "PENDING", confirmations: 1 })).toBeNull();
  expect(announced({ ...money, event: "deposit", state: "CREDITED", confirmations: 3 })).toBe(
    "1.5 BTC arrived. Your deposit has been credited.",
  );
  expect(announced({ ...money, event: "withdrawal", state: "REVIEW", reason_text: "" })).toBeNull();
  expect(announced({ ...money, event: "withdrawal", state: "REJECTED", reason_text: "Too much." })).toBe(
    "Withdrawal of 1.5 BTC did not go out. Too much.",
  );
  expect(announced({ ...money, event: "transfer", direction: "sent", counterparty: "bob" })).toBeNull();
  expect(announced({ ...money, event: "transfer", direction: "received", counterparty: "bob", note: "Lunch" })).toBe(
    "1.5 BTC received. From bob, who writes: Lunch",
  );
});

it("warns of an address that another exchange has changed, before anything is sent there", () => {
  expect(announced({ event: "address_changed", currency: "USDT", network: "TRC20" })).toBe(
    "A USDT address at another exchange has changed. " +
      "Send nothing over TRC20 before you have compared it: Wallet, Exchanges.",
  );
});
