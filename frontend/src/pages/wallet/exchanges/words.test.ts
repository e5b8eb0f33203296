import { expect, it } from "vitest";
import { ApiError } from "../../../api/errors";
import { ACCOUNT, ADDRESS, SYNC } from "./fixtures";
import {
  actionWords,
  addressStanding,
  canBeUsed,
  changesOf,
  explainAt,
  permissionsOf,
  slownessOf,
  standingOf,
  timeLeft,
} from "./words";

it("says how an account stands", () => {
  expect(standingOf(ACCOUNT).label).toBe("Syncing");
  expect(standingOf({ ...ACCOUNT, sync: null, sync_status: "failed" }).tone).toBe("bad");
  expect(standingOf({ ...ACCOUNT, sync: null, sync_status: "ok", is_active: false }).label).toBe("Switched off");
  expect(standingOf({ ...ACCOUNT, sync: null, sync_status: "blocked", is_active: false }).label).toBe("Keys refused");
});

it("makes what a key need not do stand out, and does not guess", () => {
  const tones = permissionsOf({ read: true, trade: true, withdraw: true }).map(({ tone }) => tone);
  expect(tones).toEqual(["good", "warn", "bad"]);
  expect(permissionsOf({ read: true, trade: null, withdraw: null })).toHaveLength(1);
});

it("names the other exchange where it refuses, and says when to come back", () => {
  const refused = (message: string, seconds: number | null) => new ApiError(422, "CODE", message, {}, "", seconds);
  expect(explainAt(refused("The exchange does not accept these keys.", null), "Kraken")).toBe(
    "Kraken does not accept these keys.",
  );
  expect(explainAt(refused("The exchange has been asked too often. Try again later.", 30), "OKX")).toBe(
    "OKX has been asked too often. Try again in 30 seconds.",
  );
  expect(explainAt(refused("The exchange is under maintenance.", 300), "OKX")).toBe(
    "OKX is under maintenance. Try again in 5 minutes.",
  );
});

it("never calls an address good that is not to be used", () => {
  expect(addressStanding({ ...ADDRESS, status: "changed", listing: "allowed" }).tone).toBe("bad");
  expect(addressStanding({ ...ADDRESS, is_blocked: true, listing: "allowed" }).label).toBe("Blocked");
  expect(addressStanding({ ...ADDRESS, is_active: false }).label).toBe("Switched off");
  expect(addressStanding(ADDRESS).tone).toBe("good");
  expect(canBeUsed(ADDRESS)).toBe(true);
  expect(canBeUsed({ ...ADDRESS, warnings: [{ code: "TAG_MISSING", message: "" }] })).toBe(false);
  expect(canBeUsed({ ...ADDRESS, warnings: [{ code: "TAG_NEEDED", message: "" }] })).toBe(true);
});

it("tells what an activity changed", () => {
  expect(actionWords("address.confirmed")).toBe("Confirmed");
  expect(actionWords("address.something_new")).toBe("something new");
  expect(changesOf({ label: "", is_active: true, version: 1 }, { label: "Rent", is_active: false, version: 2 })).toEqual([
    { name: "Label", before: "", after: "Rent" },
    { name: "In use", before: "yes", after: "no" },
  ]);
});

it("says how long a sync takes where that is long", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(timeLeft(SYNC, now)).toBe("");
  expect(timeLeft({ ...SYNC, expected_end_at: "2026-01-01T00:00:20Z" }, now)).toBe("");
  expect(timeLeft({ ...SYNC, expected_end_at: "2026-01-01T00:08:30Z" }, now)).toBe(", about 9 minutes left");
  expect(slownessOf({ name: "Binance", full_sync_seconds: 40 })).toBe("");
  expect(slownessOf({ name: "Kraken", full_sync_seconds: 600 })).toContain("about 10 minutes");
});
