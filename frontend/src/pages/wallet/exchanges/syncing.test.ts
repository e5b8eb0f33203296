import { expect, it } from "vitest";
import { ACCOUNT, SYNC } from "./fixtures";
import { isAwaited, isUnderWay, outcomeOf, syncTypeFor, withSync } from "./syncing";
import type { Sync } from "./types";

function after(changes: Partial<Sync>, known: Sync | null = SYNC) {
  const [account] = withSync([{ ...ACCOUNT, sync: known }], { account_id: "a1", sync: { ...SYNC, ...changes } });
  return account;
}

it("follows a sync to its end", () => {
  expect(after({ done: 7 })?.sync?.done).toBe(7);
  const ended = after({ done: 10, status: "success", finished_at: "2026-01-01T00:01:00Z" });
  expect(ended?.sync_status).toBe("ok");
  expect(ended && isUnderWay(ended)).toBe(false);
  expect(after({ id: "s2", started_at: "2026-01-02T00:00:00Z", done: 0 })?.sync?.id).toBe("s2");
  expect(after({}, null)?.sync?.id).toBe("s1");
});

it("takes no step back when answers overtake each other", () => {
  expect(after({ done: 1 })?.sync?.done).toBe(3);
  const ended: Sync = { ...SYNC, status: "success", finished_at: "2026-01-01T00:01:00Z" };
  expect(after({ done: 9 }, ended)?.sync?.status).toBe("success");
  expect(after({ id: "s0", started_at: "2025-12-31T00:00:00Z" })?.sync?.id).toBe("s1");
});

it("waits for the first sync of a new account, which begins by itself", () => {
  const fresh = { ...ACCOUNT, sync: null, sync_status: "never" } as const;
  expect(isAwaited(fresh)).toBe(true);
  expect(isAwaited({ ...fresh, is_active: false })).toBe(false);
  expect(isAwaited(ACCOUNT)).toBe(false);
});

it("looks for addresses where none is known, and else after those that are", () => {
  const last_sync_at = "2026-01-01T00:00:00Z";
  expect(syncTypeFor(ACCOUNT)).toBe("full");
  expect(syncTypeFor({ ...ACCOUNT, last_sync_at })).toBe("full");
  expect(syncTypeFor({ ...ACCOUNT, last_sync_at, addresses: 3 })).toBe("incremental");
});

it("leaves other accounts alone", () => {
  const accounts = [ACCOUNT];
  expect(withSync(accounts, { account_id: "a2", sync: { ...SYNC, done: 9 } })).toEqual(accounts);
});

it("says what a sync has found, each address once", () => {
  expect(outcomeOf({ ...SYNC, added: 3, changed: 1, updated: 4, removed: 2 })).toBe("2 new, 1 changed, 4 updated, 2 gone");
  expect(outcomeOf({ ...SYNC, added: 0 })).toBe("");
});
