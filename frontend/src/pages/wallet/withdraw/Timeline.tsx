import type { Withdrawal } from "../../../app/funds";
import { showMoment } from "../../../app/times";
import { decimal, format } from "../../../money/decimal";
import { TransactionId } from "../TransactionId";
import { standingOf, stepsOf } from "./withdrawalWords";
import shared from "../wallet.module.css";
import styles from "./Timeline.module.css";

const PHASES = { done: "done", now: "now", ahead: "still to come", stopped: "ended" } as const;

/** The steps of a withdrawal, and everything that is known of it. */
export function Timeline({ withdrawal }: { withdrawal: Withdrawal }) {
  const { asset, amount, fee, address, tag, network, external_tx_id, confirmations } = withdrawal;
  return (
    <div className={styles["details"]}>
      <ol className={styles["steps"]} aria-label="Steps">
        {stepsOf(withdrawal).map(({ label, at, phase }) => (
          <li key={label} className={styles["step"]} data-phase={phase}>
            <strong>{label}</strong>
            <span className="visually-hidden">, {PHASES[phase]}</span>
            {at !== null && <span className="faint">{showMoment(at)}</span>}
          </li>
        ))}
      </ol>
      <p className="soft">{standingOf(withdrawal).text}</p>
      <dl className={shared["facts"]}>
        <dt>Arrives</dt>
        <dd>
          {format(decimal(amount))} {asset}
        </dd>
        <dt>Fee</dt>
        <dd>
          {format(decimal(fee))} {asset}
        </dd>
        <dt>To</dt>
        <dd>
          <code>{address}</code>
        </dd>
        {tag !== "" && (
          <>
            <dt>Tag</dt>
            <dd>
              <code>{tag}</code>
            </dd>
          </>
        )}
        <dt>Network</dt>
        <dd>
          {network}
          {confirmations > 0 && `, ${confirmations} ${confirmations === 1 ? "confirmation" : "confirmations"}`}
        </dd>
        {external_tx_id !== "" && (
          <>
            <dt>Transaction</dt>
            <dd>
              <TransactionId id={external_tx_id} />
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}
