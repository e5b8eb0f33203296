import { isRunning, outcomeOf } from "../syncing";
import type { Account } from "../types";
import { named, timeLeft } from "../words";
import shared from "../../wallet.module.css";
import styles from "../exchanges.module.css";

const BEFORE_COUNT = { queued: "It begins in a moment…", running: "Asking which currencies there are…" } as const;

/** How far the sync is; after it, what it found and what it could not ask for. */
export function SyncState({ account }: { account: Account }) {
  const { sync } = account;
  if (sync === null) return null;
  if (isRunning(sync)) {
    const { status, done, total } = sync;
    const isCounted = total > 0;
    return (
      <div role="status" aria-label={`Sync of ${account.name}`}>
        <span className="soft">
          {isCounted
            ? `${done} of ${total} currencies${timeLeft(sync)}`
            : BEFORE_COUNT[status === "queued" ? "queued" : "running"]}
        </span>
        <progress
          className={shared["bar"]}
          aria-label="Currencies synced"
          {...(isCounted ? { value: done } : {})}
          max={Math.max(1, total)}
        />
      </div>
    );
  }
  const { errors } = sync;
  const outcome = outcomeOf(sync);
  return (
    <div className={styles["outcome"]} role="status" aria-label={`Sync of ${account.name}`}>
      {sync.status !== "failed" && (
        <span className="faint">{outcome === "" ? "The last sync found nothing new." : `Last sync: ${outcome}.`}</span>
      )}
      {sync.status === "partial" && errors.length > 0 && (
        <details>
          <summary>
            {errors.length === 1 ? "1 currency" : `${errors.length} currencies`} could not be synced
          </summary>
          <ul>
            {errors.map(({ currency, message }) => (
              <li key={currency}>
                <strong>{currency}</strong> {named(message, account.exchange_name)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
