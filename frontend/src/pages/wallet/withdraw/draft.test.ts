import { expect, it } from "vitest";
import type { WithdrawalFee } from "../../../app/funds";
import { decimal, toText } from "../../../money/decimal";
import { ApiError } from "../../../api/errors";
import { amountProblem, askedBy, EMPTY_DRAFT, isTravelRuleComplete, mostOf, travelRuleOf } from "./draft";

const TERMS: WithdrawalFee = {
  asset: "BTC",
  network: "SIM",
  is_open: true,
  fee: "0.0002",
  min_withdrawal: "0.001",
  decimals: 8,
  needs_tag: false,
  confirmations: 3,
};

function problem(amount: string): string | null {
  return amountProblem({ ...EMPTY_DRAFT, amount }, TERMS, decimal("1"));
}

it("takes what the network and the balance allow", () => {
  expect(problem("")).toBeNull();
  expect(problem("0.9998")).toBeNull();
  expect(problem("0,5")).toBeNull();
});

it("says what is wrong with the rest", () => {
  expect(problem("a lot")).toContain("such as 0.25");
  expect(problem("-1")).toContain("such as 0.25");
  expect(problem("0.0009")).toBe("At least 0.001 BTC.");
  expect(problem("0.123456789")).toBe("At most 8 digits behind the point.");
  expect(problem("0.9999")).toContain("With the fee this is more than the 1 BTC");
});

it("leaves room for the fee in the most that can arrive", () => {
  expect(toText(mostOf(TERMS, decimal("1.000000009")))).toBe("0.9998");
  expect(toText(mostOf(TERMS, decimal("0.0001")))).toBe("0");
});

it("names the sender as the recipient of an own address", () => {
  const rule = { originator: " Ada ", beneficiary: "Bob", isSelf: true, institution: "", purpose: "Savings" };
  expect(travelRuleOf(rule, "everything").beneficiary?.name).toBe("Ada");
  expect(travelRuleOf({ ...rule, isSelf: false }, "everything").beneficiary?.name).toBe("Bob");
  expect(isTravelRuleComplete(rule, "everything")).toBe(true);
  expect(isTravelRuleComplete({ ...rule, isSelf: false, beneficiary: " " }, "everything")).toBe(false);
});

it("asks for the recipient alone where nothing else is missing, as for a small bank transfer", () => {
  const refused = (code: string, fields: unknown): ApiError => new ApiError(422, code, "", { fields }, "", null);
  expect(askedBy(refused("TRAVEL_RULE_REQUIRED", ["beneficiary.name"]))).toBe("recipient");
  expect(askedBy(refused("TRAVEL_RULE_REQUIRED", ["originator.name", "beneficiary.name", "purpose"]))).toBe("everything");
  expect(askedBy(refused("TAG_REQUIRED", undefined))).toBeNull();

  const rule = { ...EMPTY_DRAFT.travelRule, beneficiary: " Bob " };
  expect(travelRuleOf(rule, "recipient")).toEqual({ beneficiary: { name: "Bob", is_self: false } });
  expect(isTravelRuleComplete(rule, "recipient")).toBe(true);
  expect(isTravelRuleComplete(EMPTY_DRAFT.travelRule, "recipient")).toBe(false);
  expect(isTravelRuleComplete(EMPTY_DRAFT.travelRule, null)).toBe(true);
});
