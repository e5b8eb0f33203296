/** How a withdrawal stands, in words, and which steps lie behind and before it. */

import type { Withdrawal } from "../../../app/funds";

type State = Withdrawal["state"];

export interface Standing {
  readonly tone: "good" | "warn" | "bad" | "accent" | "";
  readonly label: string;
  readonly text: string;
}

const STANDINGS: Readonly<Record<State, Standing>> = {
  REQUESTED: { tone: "warn", label: "Not confirmed", text: "Confirm it with your code; nothing is locked until then." },
  VERIFIED: { tone: "accent", label: "Checking", text: "It is checked against your limits." },
  REVIEW: { tone: "accent", label: "In review", text: "People look at it before it goes out. Nothing for you to do." },
  APPROVED: { tone: "accent", label: "Approved", text: "It goes out in a moment." },
  SENDING: { tone: "accent", label: "Sending", text: "It is handed to the network." },
  UNKNOWN: { tone: "accent", label: "Sending", text: "The network is asked whether it has it. It is not sent twice." },
  SENT: { tone: "accent", label: "Sent", text: "The network confirms it." },
  CONFIRMED: { tone: "good", label: "Complete", text: "The network has confirmed it." },
  REJECTED: { tone: "bad", label: "Rejected", text: "It did not go out; nothing is locked for it." },
  FAILED: { tone: "bad", label: "Not sent", text: "The network refused it; nothing is locked for it." },
  CANCELLED: { tone: "", label: "Cancelled", text: "Nothing is locked for it." },
};

export function standingOf(withdrawal: Withdrawal): Standing {
  const standing = STANDINGS[withdrawal.state];
  return withdrawal.reason_text === "" ? standing : { ...standing, text: withdrawal.reason_text };
}

/** What is said of a withdrawal that its user has just stopped. */
export function stoppingOf({ state }: Withdrawal): { title: string; text: string } {
  if (state === "CANCELLED") return { title: "Withdrawal stopped", text: STANDINGS.CANCELLED.text };
  return {
    title: "Stopping the withdrawal",
    text: "What is locked for it is free again in a moment, unless it has just gone out.",
  };
}

export interface Step {
  readonly label: string;
  readonly at: string | null;
  readonly phase: "done" | "now" | "ahead" | "stopped";
}

const ORDER = ["Requested", "Confirmed by you", "Checked", "Sent", "Complete"] as const;

/** How many of the steps are behind a withdrawal in this state; ends without a payout are not here. */
const BEHIND: Readonly<Partial<Record<State, number>>> = {
  REQUESTED: 1,
  VERIFIED: 2,
  REVIEW: 2,
  APPROVED: 3,
  SENDING: 3,
  UNKNOWN: 3,
  SENT: 4,
  CONFIRMED: 5,
};

export function stepsOf(withdrawal: Withdrawal): readonly Step[] {
  const { state, requested_at, verified_at, sent_at, finished_at } = withdrawal;
  const moments = [requested_at, verified_at, null, sent_at, finished_at];
  const behind = BEHIND[state];
  if (behind !== undefined) {
    return ORDER.map((label, index) => ({
      label,
      at: index < behind ? (moments[index] ?? null) : null,
      phase: index < behind ? "done" : index === behind ? "now" : "ahead",
    }));
  }
  const steps: Step[] = [{ label: ORDER[0], at: requested_at, phase: "done" }];
  if (verified_at !== null) steps.push({ label: ORDER[1], at: verified_at, phase: "done" });
  return [...steps, { label: STANDINGS[state].label, at: finished_at, phase: "stopped" }];
}
