/** Asking for a withdrawal so that it is asked for once, whatever becomes of the answers. */

import { untilAnswered } from "../../../api/attempts";
import { answered, api } from "../../../api/client";
import { refreshAddresses, refreshFunds, type SavedAddress, type Withdrawal, type WithdrawalFee } from "../../../app/funds";
import { toText, type Decimal } from "../../../money/decimal";
import { travelRuleOf, type AskedOfRule, type Draft } from "./draft";

export async function saveAddress(draft: Draft, terms: WithdrawalFee): Promise<SavedAddress> {
  const { asset, network } = terms;
  return answered(
    api.POST("/api/v1/wallet/withdrawal-addresses", {
      body: { asset, network, address: draft.address.trim(), tag: draft.tag.trim(), label: draft.label.trim() },
    }),
  ).finally(refreshAddresses);
}

interface Asked {
  readonly terms: WithdrawalFee;
  readonly amount: Decimal;
  readonly addressId: string;
  readonly draft: Draft;
  readonly askedOfRule: AskedOfRule;
  /** The same for every attempt at the same withdrawal. */
  readonly requestId: string;
}

export async function requestWithdrawal({
  terms,
  amount,
  addressId,
  draft,
  askedOfRule,
  requestId,
}: Asked): Promise<Withdrawal> {
  const body = {
    asset: terms.asset,
    network: terms.network,
    amount: toText(amount),
    address_id: addressId,
    address: "",
    tag: "",
    request_id: requestId,
    ...(askedOfRule === null ? {} : { travel_rule: travelRuleOf(draft.travelRule, askedOfRule) }),
  };
  return untilAnswered(() => answered(api.POST("/api/v1/wallet/withdrawals", { body }))).finally(refreshFunds);
}
