/** How far a sync is, and what its end means. */

import type { AddressSyncFrame } from "../../../streams/frames";
import type { Account, Sync } from "./types";

export function isRunning({ status, finished_at }: Sync): boolean {
  return finished_at === null && (status === "queued" || status === "running");
}

export function isUnderWay(account: Account): boolean {
  const { sync, sync_status } = account;
  return (sync !== null && isRunning(sync)) || sync_status === "queued" || sync_status === "running";
}

/** What a sync is to look for: where no address is known, there is none to look after. */
export function syncTypeFor({ addresses, last_sync_at }: Account): "full" | "incremental" {
  return addresses === 0 || last_sync_at === null ? "full" : "incremental";
}

/** A new account's first sync begins by itself. */
export function isAwaited({ is_active, sync_status }: Account): boolean {
  return is_active && sync_status === "never";
}

/**
 * The accounts with what the stream says of a sync. An older sync than the known one, or less of the same one, is old news:
 * frames and answers overtake each other.
 */
export function withSync(accounts: readonly Account[], { account_id, sync }: AddressSyncFrame["data"]): Account[] {
  return accounts.map((account) => {
    if (account.id !== account_id || isOlder(sync, account.sync)) return account;
    return { ...account, sync, sync_status: statusAfter(sync, account.sync_status) };
  });
}

function isOlder(news: Sync, known: Sync | null): boolean {
  if (known === null) return false;
  if (news.id !== known.id) return Date.parse(news.started_at) < Date.parse(known.started_at);
  if (known.finished_at !== null) return news.finished_at === null;
  return news.finished_at === null && news.done < known.done;
}

/** What the end of a sync means for the account is asked for again; only success speaks for itself. */
function statusAfter(sync: Sync, before: Account["sync_status"]): Account["sync_status"] {
  switch (sync.status) {
    case "queued":
    case "running":
      return sync.status;
    case "success":
      return "ok";
    case "partial":
      return "partial";
    case "failed":
      return before === "blocked" ? "blocked" : "failed";
  }
}

/** "3 new, 1 changed, 20 seen again"; empty where there was nothing. */
export function outcomeOf({ added, updated, removed, changed }: Sync): string {
  const parts: readonly (readonly [number, string])[] = [
    [added - changed, "new"],
    [changed, "changed"],
    [updated, "updated"],
    [removed, "gone"],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toString()} ${word}`)
    .join(", ");
}
