import { expect, it } from "vitest";
import type { Deposit } from "../../../app/funds";
import { standingOf } from "./depositWords";

const DEPOSIT: Deposit = {
  id: "7",
  state: "PENDING",
  reason: "",
  asset: "BTC",
  network: "SIM",
  amount: "1",
  external_tx_id: "a1",
  output_index: 0,
  address: "sim1",
  tag: "",
  confirmations: 1,
  required_confirmations: 2,
  seen_at: "2026-01-01T00:00:00Z",
  credited_at: null,
};

it("counts the confirmations of a deposit that waits for them", () => {
  expect(standingOf(DEPOSIT)).toMatchObject({ label: "Confirming", text: "1 of 2 confirmations" });
  expect(standingOf({ ...DEPOSIT, confirmations: 0 }).label).toBe("Seen");
});

it("says what a confirmed deposit waits for", () => {
  const waiting = standingOf({ ...DEPOSIT, confirmations: 2, reason: "NOT_COVERED" });
  expect(waiting).toMatchObject({ label: "Waiting", text: "We wait until it has reached our account." });
});
