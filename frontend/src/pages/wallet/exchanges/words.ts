/** How accounts, keys and addresses stand, in words. */

import { ApiError, explain } from "../../../api/errors";
import { isUnderWay } from "./syncing";
import type { Account, Address, Coded, Exchange, Permissions, Sync } from "./types";

export type Tone = "good" | "warn" | "bad" | "accent" | "";

export interface Standing {
  readonly tone: Tone;
  readonly label: string;
}

const STANDINGS: Readonly<Record<Account["sync_status"], Standing>> = {
  never: { tone: "", label: "Not synced yet" },
  queued: { tone: "accent", label: "Syncing" },
  running: { tone: "accent", label: "Syncing" },
  ok: { tone: "good", label: "In sync" },
  partial: { tone: "warn", label: "Partly synced" },
  failed: { tone: "bad", label: "Sync failed" },
  blocked: { tone: "bad", label: "Keys refused" },
};

export function standingOf(account: Account): Standing {
  if (!account.is_active && account.sync_status !== "blocked") return { tone: "", label: "Switched off" };
  return isUnderWay(account) ? STANDINGS.running : STANDINGS[account.sync_status];
}

/** What a key may do. That it may move money is nothing it needs here, so it stands out. */
export function permissionsOf({ read, trade, withdraw }: Permissions): readonly Standing[] {
  const found: Standing[] = [];
  if (read !== null) found.push(read ? { tone: "good", label: "May read" } : { tone: "bad", label: "May not read" });
  if (trade !== null) found.push(trade ? { tone: "warn", label: "May trade" } : { tone: "", label: "No trading" });
  if (withdraw !== null)
    found.push(withdraw ? { tone: "bad", label: "May withdraw" } : { tone: "", label: "No withdrawals" });
  return found;
}

const RETRIED_SOON = "Try again later.";

/** A refusal in which "the exchange" is another one: by its name, so that nobody takes it for this one. */
export function explainAt(error: unknown, exchange: string): string {
  const text = named(explain(error), exchange);
  if (!(error instanceof ApiError) || error.retryAfterSeconds === null) return text;
  const wait = `Try again in ${waiting(error.retryAfterSeconds)}.`;
  if (text.includes(RETRIED_SOON)) return text.replace(RETRIED_SOON, wait);
  return text.includes("Try again") ? text : `${text} ${wait}`;
}

export function named(text: string, exchange: string): string {
  return text.replace(/^(?:The|This) exchange /, `${exchange} `);
}

function waiting(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? "a second" : `${seconds.toString()} seconds`;
  return `${Math.ceil(seconds / 60).toString()} minutes`;
}

const SHORT_SECONDS = 60;

/** ", about 9 minutes left", where it is worth saying: some exchanges let themselves be asked seldom. */
export function timeLeft({ expected_end_at }: Sync, now = Date.now()): string {
  if (expected_end_at === null) return "";
  const seconds = Math.round((Date.parse(expected_end_at) - now) / 1000);
  return seconds < SHORT_SECONDS ? "" : `, about ${waiting(seconds)} left`;
}

/** What to know before an account there is connected; empty where its first sync is done soon. */
export function slownessOf({ name, full_sync_seconds }: Pick<Exchange, "name" | "full_sync_seconds">): string {
  if (full_sync_seconds < SHORT_SECONDS) return "";
  return `${name} lets itself be asked seldom: the first sync takes about ${waiting(full_sync_seconds)}, and goes on by itself.`;
}

/** How an address stands. The first of what speaks against using it counts. */
export function addressStanding(address: Address): Standing {
  if (address.status === "changed") return { tone: "bad", label: "Changed" };
  if (address.is_blocked) return { tone: "bad", label: "Blocked" };
  if (address.status === "replaced") return { tone: "warn", label: "Replaced" };
  if (address.status === "gone") return { tone: "warn", label: "No longer there" };
  if (!address.is_active) return { tone: "", label: "Switched off" };
  if (address.listing === "allowed") return { tone: "good", label: "Allowed" };
  if (address.is_manual) return { tone: "accent", label: "Entered by hand" };
  return { tone: "good", label: "Current" };
}

/** What speaks against sending anything there at all; other warnings are to be minded. */
const FORBIDDING: ReadonlySet<string> = new Set([
  "ADDRESS_BLOCKED",
  "ADDRESS_CHANGED",
  "ADDRESS_REPLACED",
  "ADDRESS_GONE",
  "TAG_MISSING",
]);

export function isForbidding({ code }: Coded): boolean {
  return FORBIDDING.has(code);
}

export function canBeUsed(address: Address): boolean {
  return !address.warnings.some(isForbidding);
}

const ACTIONS: Readonly<Record<string, string>> = {
  "address.added": "Added",
  "address.changed": "Came in place of another address",
  "address.replaced": "Another address came in its place",
  "address.confirmed": "Confirmed",
  "address.updated": "Edited",
  "address.marked": "Marked",
  "address.verified": "Seen at the exchange",
  "address.gone": "No longer seen at the exchange",
  "address.deleted": "Deleted",
  "address.restored": "Restored",
};

export function actionWords(action: string): string {
  return ACTIONS[action] ?? action.replace(/^\w+\./, "").replaceAll("_", " ");
}

const NAMES: Readonly<Record<string, string>> = {
  address: "Address",
  tag: "Tag or memo",
  label: "Label",
  description: "Note",
  listing: "List",
  status: "State",
  is_active: "In use",
  replaces: "In place of",
  replaced_by: "Replaced by",
};

export interface ValueChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What an activity changed, value by value; nested ones and those that say nothing to a person are left out. */
export function changesOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly ValueChange[] {
  return Object.keys({ ...before, ...after }).flatMap((key) => {
    const name = NAMES[key];
    const [old, now] = [shown(before[key]), shown(after[key])];
    return name === undefined || old === now ? [] : [{ name, before: old, after: now }];
  });
}

function shown(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : "";
}
