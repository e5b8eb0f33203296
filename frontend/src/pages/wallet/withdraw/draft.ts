/** What one is about to withdraw, and what is wrong with it. The exchange checks all of it again. */

import { ApiError } from "../../../api/errors";
import type { WithdrawalFee } from "../../../app/funds";
import type { Schemas } from "../../../app/queries";
import { add, compare, decimal, decimalsOf, format, parse, round, sign, subtract, ZERO, type Decimal } from "../../../money/decimal";

export const NEW_ADDRESS = "new";

export interface TravelRule {
  readonly originator: string;
  readonly beneficiary: string;
  readonly isSelf: boolean;
  readonly institution: string;
  readonly purpose: string;
}

export interface Draft {
  /** Id of a saved address, or NEW_ADDRESS. */
  readonly destination: string;
  readonly address: string;
  readonly tag: string;
  readonly label: string;
  readonly amount: string;
  readonly travelRule: TravelRule;
}

export const EMPTY_DRAFT: Draft = {
  destination: "",
  address: "",
  tag: "",
  label: "",
  amount: "",
  travelRule: { originator: "", beneficiary: "", isSelf: true, institution: "", purpose: "" },
};

/** The amount as entered, or null where it is none above zero. */
export function amountOf(draft: Draft): Decimal | null {
  const amount = parse(draft.amount.trim().replace(",", "."));
  return amount !== null && sign(amount) > 0 ? amount : null;
}

/** What is wrong with the amount, in a sentence; null where nothing is, or nothing was entered yet. */
export function amountProblem(draft: Draft, terms: WithdrawalFee, available: Decimal | undefined): string | null {
  if (draft.amount.trim() === "") return null;
  const amount = amountOf(draft);
  if (amount === null) return "Enter an amount such as 0.25.";
  if (decimalsOf(amount) > terms.decimals) return `At most ${terms.decimals} digits behind the point.`;
  if (compare(amount, decimal(terms.min_withdrawal)) < 0)
    return `At least ${format(decimal(terms.min_withdrawal))} ${terms.asset}.`;
  if (available !== undefined && compare(add(amount, decimal(terms.fee)), available) > 0)
    return `With the fee this is more than the ${format(available)} ${terms.asset} you have available.`;
  return null;
}

/** The most that can arrive: what is available without the fee, in as many decimals as the network has. */
export function mostOf(terms: WithdrawalFee, available: Decimal): Decimal {
  const rest = subtract(available, decimal(terms.fee));
  return sign(rest) <= 0 ? ZERO : round(rest, terms.decimals, "down");
}

/** Who is to be named: of a bank transfer at least the recipient, above a value all that the law asks for. */
export type AskedOfRule = "recipient" | "everything" | null;

/** What the exchange misses by this refusal; null where it is about something else. */
export function askedBy(error: unknown): AskedOfRule {
  if (!(error instanceof ApiError) || error.code !== "TRAVEL_RULE_REQUIRED") return null;
  const { fields } = error.details;
  return Array.isArray(fields) && fields.every((field) => field === "beneficiary.name") ? "recipient" : "everything";
}

/** The names and the purpose that are asked for, as the API takes them. */
export function travelRuleOf(rule: TravelRule, asked: AskedOfRule): Schemas["TravelRule"] {
  const { originator, beneficiary, isSelf, institution, purpose } = rule;
  if (asked === null) return {};
  if (asked === "recipient") return { beneficiary: { name: beneficiary.trim(), is_self: false } };
  return {
    originator: { name: originator.trim() },
    beneficiary: { name: (isSelf ? originator : beneficiary).trim(), institution: institution.trim(), is_self: isSelf },
    purpose: purpose.trim(),
  };
}

export function isTravelRuleComplete(rule: TravelRule, asked: AskedOfRule): boolean {
  const isRecipientNamed = rule.beneficiary.trim() !== "";
  if (asked !== "everything") return asked === null || isRecipientNamed;
  return rule.originator.trim() !== "" && rule.purpose.trim() !== "" && (rule.isSelf || isRecipientNamed);
}
