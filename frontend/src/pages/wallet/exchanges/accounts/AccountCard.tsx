import { useState } from "react";
import { showDay, showMoment } from "../../../../app/times";
import { Icon } from "../../../../components/Icon";
import { Menu, MenuItem } from "../../../../components/Menu";
import { isUnderWay, syncTypeFor } from "../syncing";
import type { Account } from "../types";
import { named, permissionsOf, standingOf } from "../words";
import { DeleteAccount } from "./DeleteAccount";
import { EditAccount } from "./EditAccount";
import { startSync } from "./startSync";
import { SyncState } from "./SyncState";
import { TestDialog } from "./TestDialog";
import { Warnings } from "./Warnings";
import shared from "../../wallet.module.css";
import styles from "../exchanges.module.css";

/** What the card says without them: the refusal itself, and a badge. */
const TOLD_ALREADY: ReadonlySet<string> = new Set(["KEYS_REFUSED", "SANDBOX"]);
const EXPIRED = "KEY_EXPIRED";

type Asking = "test" | "edit" | "delete" | null;

export function AccountCard({ account }: { account: Account }) {
  const [asking, setAsking] = useState<Asking>(null);
  const [isSending, setSending] = useState(false);
  const standing = standingOf(account);
  const isBusy = isSending || isUnderWay(account);
  const canSync = account.is_active && account.sync_status !== "blocked";

  async function sync(type: "full" | "incremental"): Promise<void> {
    setSending(true);
    await startSync([account], type);
    setSending(false);
  }

  return (
    <li className={styles["card"]} aria-label={`${account.name} at ${account.exchange_name}`}>
      <header className={styles["title"]}>
        <div>
          <h3>{account.name}</h3>
          <span className="faint">
            {account.exchange_name} · {account.kind === "futures" ? "Futures" : "Spot"}
          </span>
        </div>
        <span className={styles["badges"]}>
          {account.is_sandbox && <span className="badge accent">Sandbox</span>}
          <span className={`badge ${standing.tone}`}>{standing.label}</span>
        </span>
      </header>
      <dl className={shared["facts"]}>
        <dt>Key</dt>
        <dd>
          <code>{account.key_hint}</code>
        </dd>
        <dt>Permissions</dt>
        <dd>
          <Permissions account={account} />
        </dd>
        {account.keys_expire_at !== null && (
          <>
            <dt>Keys expire</dt>
            <dd className={account.warnings.some(({ code }) => code === EXPIRED) ? "down" : undefined}>
              {showDay(account.keys_expire_at)}
            </dd>
          </>
        )}
        <dt>Addresses</dt>
        <dd>{account.addresses}</dd>
        <dt>Last sync</dt>
        <dd>{account.last_sync_at === null ? "never" : showMoment(account.last_sync_at)}</dd>
      </dl>
      {account.error !== null && !isUnderWay(account) && (
        <p className={shared["problem"]} role="alert">
          {named(account.error.message, account.exchange_name)}{" "}
          {account.sync_status === "blocked" ? "Nothing is asked there until you give new keys." : retry(account)}
        </p>
      )}
      <Warnings
        warnings={account.warnings.filter(({ code }) => !TOLD_ALREADY.has(code))}
        exchange={account.exchange_name}
      />
      <SyncState account={account} />
      <footer className={styles["foot"]}>
        {account.sync_status === "blocked" ? (
          <button type="button" className="button primary" onClick={() => setAsking("edit")}>
            Give new keys
          </button>
        ) : (
          <button
            type="button"
            className="button"
            disabled={isBusy || !canSync}
            onClick={() => void sync(syncTypeFor(account))}
          >
            {isBusy ? "Syncing…" : "Sync"}
          </button>
        )}
        <button type="button" className="button" onClick={() => setAsking("test")}>
          Test
        </button>
        <span className="fill" />
        <Menu label={`More for ${account.name}`} button={<Icon name="chevron" />}>
          {canSync && !isBusy && (
            <MenuItem onSelect={() => void sync("full")}>
              <Icon name="search" size={16} />
              Find new addresses
            </MenuItem>
          )}
          <MenuItem onSelect={() => setAsking("edit")}>
            <Icon name="keys" size={16} />
            Edit
          </MenuItem>
          <MenuItem onSelect={() => setAsking("delete")}>
            <Icon name="close" size={16} />
            Disconnect
          </MenuItem>
        </Menu>
      </footer>
      {asking === "test" && (
        <TestDialog account={account} onEdit={() => setAsking("edit")} onClose={() => setAsking(null)} />
      )}
      {asking === "edit" && <EditAccount account={account} onClose={() => setAsking(null)} />}
      {asking === "delete" && <DeleteAccount account={account} onClose={() => setAsking(null)} />}
    </li>
  );
}

function Permissions({ account }: { account: Account }) {
  const found = permissionsOf(account.permissions);
  if (found.length === 0) return <span className="faint">not tested yet</span>;
  return (
    <span className={styles["badges"]}>
      {found.map(({ tone, label }) => (
        <span key={label} className={`badge ${tone}`}>
          {label}
        </span>
      ))}
    </span>
  );
}

function retry({ is_active, next_sync_at: next }: Account): string {
  return is_active && next !== null ? `It is tried again at ${showMoment(next)}.` : "";
}
