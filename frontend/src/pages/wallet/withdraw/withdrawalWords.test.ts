import { expect, it } from "vitest";
import type { Withdrawal } from "../../../app/funds";
import { standingOf, stepsOf, stoppingOf } from "./withdrawalWords";

const WITHDRAWAL: Withdrawal = {
  id: "7",
  state: "REQUESTED",
  asset: "BTC",
  network: "SIM",
  amount: "1",
  fee: "0.001",
  address: "sim1",
  tag: "",
  external_tx_id: "",
  confirmations: 0,
  reason: "",
  reason_text: "",
  can_be_cancelled: true,
  requested_at: "2026-01-01T00:00:00Z",
  verified_at: null,
  sent_at: null,
  finished_at: null,
};

function phases(changes: Partial<Withdrawal>): string {
  return stepsOf({ ...WITHDRAWAL, ...changes })
    .map(({ label, phase }) => `${label}: ${phase}`)
    .join(", ");
}

it("shows which steps are behind and which one it waits for", () => {
  expect(phases({})).toBe("Requested: done, Confirmed by you: now, Checked: ahead, Sent: ahead, Complete: ahead");
  expect(phases({ state: "SENT" })).toContain("Sent: done, Complete: now");
  expect(phases({ state: "UNKNOWN" })).toBe(phases({ state: "SENDING" }));
});

it("ends with what has stopped it", () => {
  expect(phases({ state: "CANCELLED" })).toBe("Requested: done, Cancelled: stopped");
  expect(phases({ state: "REJECTED", verified_at: "2026-01-01T00:01:00Z" })).toBe(
    "Requested: done, Confirmed by you: done, Rejected: stopped",
  );
});

it("calls a withdrawal stopped once it is", () => {
  expect(stoppingOf({ ...WITHDRAWAL, state: "CANCELLED" }).title).toBe("Withdrawal stopped");
  expect(stoppingOf({ ...WITHDRAWAL, state: "APPROVED" })).toEqual({
    title: "Stopping the withdrawal",
    text: "What is locked for it is free again in a moment, unless it has just gone out.",
  });
});

it("gives the exchange's reason where there is one", () => {
  expect(standingOf({ ...WITHDRAWAL, state: "REJECTED", reason_text: "Too little." }).text).toBe("Too little.");
});
