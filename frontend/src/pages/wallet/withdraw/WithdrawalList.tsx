import { Fragment, useState } from "react";
import { answered, api } from "../../../api/client";
import { explain } from "../../../api/errors";
import { refreshFunds, useWithdrawals, type Withdrawal } from "../../../app/funds";
import { showMoment } from "../../../app/times";
import { Dialog } from "../../../components/Dialog";
import { notify } from "../../../components/notices";
import { Empty, Failure, Skeleton } from "../../../components/States";
import { decimal, format } from "../../../money/decimal";
import { MoreButton } from "../../orders/MoreButton";
import { ConfirmWithdrawal } from "./ConfirmWithdrawal";
import { Timeline } from "./Timeline";
import { standingOf, stoppingOf } from "./withdrawalWords";
import styles from "../wallet.module.css";

const COLUMNS = 5;

/** My withdrawals, newest first; each opens into its steps. */
export function WithdrawalList() {
  const query = useWithdrawals();
  const { rows, error, refetch } = query;
  const [opened, setOpened] = useState<string | null>(null);
  return (
    <section className={`panel ${styles["list"]}`} aria-label="My withdrawals">
      <header className={styles["head"]}>
        <h2>My withdrawals</h2>
      </header>
      {rows === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {rows === undefined && error === null && <Skeleton rows={3} label="Loading withdrawals" />}
      {rows?.length === 0 && <Empty title="No withdrawals yet" />}
      {rows !== undefined && rows.length > 0 && (
        <div className="table-scroll">
          <table className="table">
            <caption className="visually-hidden">Withdrawals, newest first</caption>
            <thead>
              <tr>
                <th scope="col" className={styles["wide"]}>
                  Requested
                </th>
                <th scope="col" className="number">
                  Amount
                </th>
                <th scope="col" className={styles["wide"]}>
                  To
                </th>
                <th scope="col">State</th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((withdrawal) => (
                <Fragment key={withdrawal.id}>
                  <Row
                    withdrawal={withdrawal}
                    isOpen={withdrawal.id === opened}
                    onToggle={() => setOpened(withdrawal.id === opened ? null : withdrawal.id)}
                  />
                  {withdrawal.id === opened && (
                    <tr>
                      <td colSpan={COLUMNS}>
                        <Timeline withdrawal={withdrawal} />
                      </td>
                    </tr>
                  )}
                </Fragment>
              ))}
            </tbody>
          </table>
          <MoreButton query={query} />
        </div>
      )}
    </section>
  );
}

interface RowProps {
  readonly withdrawal: Withdrawal;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Row({ withdrawal, isOpen, onToggle }: RowProps) {
  const { tone, label } = standingOf(withdrawal);
  const [step, setStep] = useState<"confirm" | "cancel" | null>(null);
  return (
    <tr>
      <td className={`soft ${styles["wide"]}`}>{showMoment(withdrawal.requested_at)}</td>
      <td className="number">
        {format(decimal(withdrawal.amount), { least: 2 })} {withdrawal.asset}
      </td>
      <td className={styles["wide"]}>
        <code className={styles["id"]} title={withdrawal.address}>
          {withdrawal.address}
        </code>
      </td>
      <td>
        <span className={`badge ${tone}`}>{label}</span>
      </td>
      <td className="number">
        <span className={styles["actions"]}>
          {withdrawal.state === "REQUESTED" && (
            <button type="button" className="button tiny primary" onClick={() => setStep("confirm")}>
              Confirm
            </button>
          )}
          {withdrawal.can_be_cancelled && (
            <button type="button" className="button tiny" onClick={() => setStep("cancel")}>
              Cancel
            </button>
          )}
          <button type="button" className="button tiny quiet" aria-expanded={isOpen} onClick={onToggle}>
            {isOpen ? "Less" : "Details"}
          </button>
        </span>
        {step === "confirm" && <ConfirmWithdrawal withdrawal={withdrawal} onClose={() => setStep(null)} />}
        {step === "cancel" && <Cancel withdrawal={withdrawal} onClose={() => setStep(null)} />}
      </td>
    </tr>
  );
}

function Cancel({ withdrawal, onClose }: { withdrawal: Withdrawal; onClose: () => void }) {
  const [isSending, setSending] = useState(false);

  async function cancel(): Promise<void> {
    setSending(true);
    try {
      const stopped = await answered(
        api.DELETE("/api/v1/wallet/withdrawals/{withdrawal_id}", {
          params: { path: { withdrawal_id: withdrawal.id } },
        }),
      );
      const { title, text } = stoppingOf(stopped);
      notify("plain", title, text);
    } catch (error) {
      notify("bad", "The withdrawal was not stopped", explain(error));
    }
    refreshFunds();
    onClose();
  }

  return (
    <Dialog title="Stop this withdrawal?" onClose={onClose}>
      <p className="soft">
        {format(decimal(withdrawal.amount))} {withdrawal.asset} will not go out. You can ask for it again at any time.
      </p>
      <div className={styles["buttons"]}>
        <button type="button" className="button" onClick={onClose}>
          Let it go on
        </button>
        <button type="button" className="button danger" disabled={isSending} onClick={() => void cancel()}>
          Stop it
        </button>
      </div>
    </Dialog>
  );
}
