import { useState, type FormEvent } from "react";
import { UnknownFate } from "../../../api/attempts";
import { explain } from "../../../api/errors";
import { newRequestId } from "../../../api/requestId";
import { available, useBalances } from "../../../app/account";
import { showHolding } from "../../../app/amounts";
import { useWithdrawalLimits, type SavedAddress, type Withdrawal, type WithdrawalFee } from "../../../app/funds";
import { showMoment } from "../../../app/times";
import { Field } from "../../../components/Field";
import { notify } from "../../../components/notices";
import { add, compare, decimal, format, multiply, sign, toText, type Decimal } from "../../../money/decimal";
import { usePrices } from "../../balances/usePrices";
import { rate } from "../../balances/valuation";
import { ConfirmWithdrawal } from "./ConfirmWithdrawal";
import { Destination } from "./Destination";
import {
  amountOf,
  amountProblem,
  askedBy,
  EMPTY_DRAFT,
  isTravelRuleComplete,
  mostOf,
  NEW_ADDRESS,
  type AskedOfRule,
  type Draft,
} from "./draft";
import { requestWithdrawal, saveAddress } from "./sending";
import { TravelRuleFields } from "./TravelRuleFields";
import styles from "../wallet.module.css";

interface Props {
  readonly terms: WithdrawalFee;
  readonly addresses: readonly SavedAddress[];
  /** How long an address waits that is saved now. */
  readonly coolingOffHours: number;
}

export function WithdrawForm({ terms, addresses, coolingOffHours }: Props) {
  const { asset, network } = terms;
  const own = addresses.filter((address) =>
    address.networks.some((target) => target.asset === asset && target.network === network),
  );
  const [entered, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const [requestId, setRequestId] = useState(newRequestId);
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const [asked, setAsked] = useState<Withdrawal | null>(null);
  const [missing, setMissing] = useState<AskedOfRule>(null);
  const { balances } = useBalances();
  const free = available(balances, asset);
  // Until something is chosen: the first address that can be used, or else a new one.
  const firstChoice = (own.find((address) => address.is_usable) ?? own[0])?.id ?? NEW_ADDRESS;
  const draft = entered.destination === "" ? { ...entered, destination: firstChoice } : entered;
  const saved = own.find((address) => address.id === draft.destination);
  const amount = amountOf(draft);
  const wrong = amountProblem(draft, terms, free);
  const isAboveThreshold = useIsAboveThreshold(asset, amount);
  const askedOfRule = isAboveThreshold ? "everything" : missing;
  const isReady =
    terms.is_open &&
    amount !== null &&
    wrong === null &&
    (saved === undefined ? draft.address.trim() !== "" : saved.is_usable) &&
    isTravelRuleComplete(draft.travelRule, askedOfRule);

  function change(next: Draft): void {
    setDraft(next);
    setRequestId(newRequestId());
    setProblem(null);
  }

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!isReady || isSending) return;
    setSending(true);
    setProblem(null);
    try {
      const target = saved ?? (await saveAddress(draft, terms));
      if (saved === undefined) setDraft({ ...draft, destination: target.id, address: "", tag: "", label: "" });
      if (target.is_usable) {
        setAsked(await requestWithdrawal({ terms, amount, addressId: target.id, draft, askedOfRule, requestId }));
      } else {
        notify("plain", "Address saved", `It can be used from ${showMoment(target.usable_at)}.`);
      }
    } catch (error) {
      setMissing(askedBy(error) ?? missing);
      setProblem(error instanceof UnknownFate ? REPEATABLE : explain(error));
    }
    setSending(false);
  }

  function finish(): void {
    setAsked(null);
    change({ ...EMPTY_DRAFT, destination: draft.destination, travelRule: draft.travelRule });
  }

  return (
    <>
      <form className={styles["form"]} aria-label="Withdraw" onSubmit={(event) => void send(event)}>
        <Destination
          terms={terms}
          addresses={own}
          coolingOffHours={coolingOffHours}
          draft={draft}
          onChange={change}
        />
        <div className={styles["withMax"]}>
          <Field
            label="Amount that arrives"
            isNumber
            suffix={asset}
            value={draft.amount}
            onText={(text) => change({ ...draft, amount: text })}
            error={wrong}
            hint={free === undefined ? undefined : `${showHolding(free)} ${asset} available`}
          />
          <button
            type="button"
            className="button"
            disabled={free === undefined || sign(mostOf(terms, free)) === 0}
            onClick={() => free !== undefined && change({ ...draft, amount: toText(mostOf(terms, free)) })}
          >
            Max
          </button>
        </div>
        {askedOfRule !== null && (
          <TravelRuleFields
            asked={askedOfRule}
            rule={draft.travelRule}
            onChange={(travelRule) => change({ ...draft, travelRule })}
          />
        )}
        <Costs terms={terms} amount={wrong === null ? amount : null} />
        {problem !== null && (
          <p className={styles["problem"]} role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button primary large" disabled={!isReady || isSending}>
          {isSending ? "One moment…" : `Withdraw ${asset}`}
        </button>
      </form>
      {asked !== null && <ConfirmWithdrawal withdrawal={asked} onClose={finish} />}
    </>
  );
}

const REPEATABLE = "No answer came. Press the button again: it is asked for once, however often you do.";

/** Whether the amount is worth so much that the law asks for names; false while there is no price. */
function useIsAboveThreshold(asset: string, amount: Decimal | null): boolean {
  const { data: limits } = useWithdrawalLimits();
  const prices = usePrices();
  if (limits === undefined || amount === null) return false;
  const price = rate(asset, limits.reference_asset, prices);
  return price !== null && compare(multiply(amount, price), decimal(limits.travel_rule_above)) > 0;
}

function Costs({ terms, amount }: { terms: WithdrawalFee; amount: Decimal | null }) {
  const { asset } = terms;
  const fee = decimal(terms.fee);
  return (
    <dl className={styles["facts"]}>
      <dt>Arrives</dt>
      <dd>{amount === null ? "–" : `${format(amount)} ${asset}`}</dd>
      <dt>Fee, the network’s included</dt>
      <dd>
        {format(fee)} {asset}
      </dd>
      <dt className={styles["total"]}>Leaves your balance</dt>
      <dd className={styles["total"]}>{amount === null ? "–" : `${format(add(amount, fee))} ${asset}`}</dd>
      <dt>Minimum</dt>
      <dd>
        {format(decimal(terms.min_withdrawal))} {asset}
      </dd>
    </dl>
  );
}
