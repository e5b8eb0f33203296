import type { Withdrawal } from "../../../app/funds";
import { showMoment } from "../../../app/times";
import { TransactionId } from "../TransactionId";
import { Terms } from "./Terms";
import { standingOf, stepsOf } from "./withdrawalWords";
import styles from "./Timeline.module.css";

const PHASES = { done: "done", now: "now", ahead: "still to come", stopped: "ended" } as const;

/** The steps of a withdrawal, and everything that is known of it. */
export function Timeline({ withdrawal }: { withdrawal: Withdrawal }) {
  const { external_tx_id, confirmations } = withdrawal;
  const progress = confirmations > 0 ? `, ${confirmations} ${confirmations === 1 ? "confirmation" : "confirmations"}` : "";
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
      <Terms withdrawal={withdrawal} progress={progress}>
        {external_tx_id !== "" && (
          <>
            <dt>Transaction</dt>
            <dd>
              <TransactionId id={external_tx_id} />
            </dd>
          </>
        )}
      </Terms>
    </div>
  );
}
