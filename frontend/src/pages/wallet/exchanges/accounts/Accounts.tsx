import { useState } from "react";
import { Failure, Skeleton } from "../../../../components/States";
import { isUnderWay, syncTypeFor } from "../syncing";
import type { Account } from "../types";
import { AccountCard } from "./AccountCard";
import { startSync } from "./startSync";
import shared from "../../wallet.module.css";
import styles from "../exchanges.module.css";

interface Props {
  readonly query: { readonly data: readonly Account[] | undefined; readonly error: unknown; refetch: () => unknown };
  readonly onConnect: () => void;
}

/** The connected accounts, each with how it stands. */
export function Accounts({ query: { data: accounts, error, refetch }, onConnect }: Props) {
  if (accounts === undefined) {
    return (
      <section className="panel" aria-label="Connected accounts">
        {error === null ? (
          <Skeleton rows={5} label="Loading exchange accounts" />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )}
      </section>
    );
  }
  if (accounts.length === 0) return <Welcome onConnect={onConnect} />;
  return (
    <section aria-label="Connected accounts">
      <header className={styles["bar"]}>
        <h2>Connected accounts</h2>
        <SyncAll accounts={accounts} />
      </header>
      <ul className={styles["cards"]}>
        {accounts.map((account) => (
          <AccountCard key={account.id} account={account} />
        ))}
      </ul>
    </section>
  );
}

function SyncAll({ accounts }: { accounts: readonly Account[] }) {
  const [isSending, setSending] = useState(false);
  const waiting = accounts.filter((account) => account.is_active && !isUnderWay(account));
  if (accounts.length < 2) return null;

  async function sync(): Promise<void> {
    setSending(true);
    for (const type of ["full", "incremental"] as const)
      await startSync(
        waiting.filter((account) => syncTypeFor(account) === type),
        type,
      );
    setSending(false);
  }

  return (
    <button
      type="button"
      className="button tiny"
      disabled={isSending || waiting.length === 0}
      onClick={() => void sync()}
    >
      Sync all
    </button>
  );
}

const STEPS = [
  { title: "Create a key there", text: "In the settings of your exchange, with the permission to read and no other." },
  { title: "Connect it here", text: "The keys are encrypted at once and never shown again. A test says what they may do." },
  { title: "Find every address", text: "By currency and network, with QR codes, warnings, and a word when one changes." },
];

function Welcome({ onConnect }: { onConnect: () => void }) {
  return (
    <section className="panel" aria-label="Connected accounts">
      <div className={styles["welcome"]}>
        <h2>No exchange connected yet</h2>
        <ol>
          {STEPS.map(({ title, text }, index) => (
            <li key={title}>
              <span className={styles["step"]} aria-hidden="true">
                {index + 1}
              </span>
              <strong>{title}</strong>
              <span className="soft">{text}</span>
            </li>
          ))}
        </ol>
        <div className={shared["buttons"]}>
          <button type="button" className="button primary large" onClick={onConnect}>
            Connect your first account
          </button>
        </div>
      </div>
    </section>
  );
}
