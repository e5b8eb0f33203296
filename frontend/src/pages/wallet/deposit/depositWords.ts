/** How a deposit stands, in words. */

import type { Deposit } from "../../../app/funds";

export interface Standing {
  readonly tone: "good" | "warn" | "bad" | "accent" | "";
  readonly label: string;
  readonly text: string;
}

export function standingOf(deposit: Deposit): Standing {
  const { state, confirmations, required_confirmations: required } = deposit;
  switch (state) {
    case "PENDING":
      if (deposit.reason !== "") return { tone: "accent", label: "Waiting", text: whyOf(deposit) };
      return {
        tone: "accent",
        label: confirmations === 0 ? "Seen" : "Confirming",
        text: `${confirmations} of ${required} confirmations`,
      };
    case "CREDITED":
      return { tone: "good", label: "Credited", text: "" };
    case "ORPHANED":
      return { tone: "warn", label: "Not seen any more", text: "The network has dropped it; it may come back." };
    case "SUSPENSE":
      return { tone: "warn", label: "We look at it", text: whyOf(deposit) };
    case "HELD":
      return { tone: "warn", label: "On hold", text: "Its block has gone; we look into it." };
    case "RETURNED":
      return { tone: "", label: "Not credited", text: "Write to us if you expected otherwise." };
  }
}

function whyOf({ reason }: Deposit): string {
  return REASONS[reason] ?? "It has reached us and is safe.";
}

const REASONS: Readonly<Record<string, string>> = {
  BELOW_MINIMUM: "It is below the minimum.",
  UNKNOWN_OWNER: "We cannot tell yet whose it is.",
  NOT_COVERED: "We wait until it has reached our account.",
  NEEDS_FOUR_EYES: "People look at large deposits before they are credited.",
  ASSET_DISABLED: "The asset is not available at the moment.",
  ACCOUNT_CLOSED: "The account is closed.",
};
