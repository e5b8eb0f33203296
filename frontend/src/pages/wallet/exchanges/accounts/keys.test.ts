import { expect, it } from "vitest";
import { dayOf, demoKeysOf, endOfDay, isComplete, NO_KEYS, sentKeys } from "./keys";

const KEYS = { apiKey: " key\n", apiSecret: "secret\n", passphrase: " with space " };

it("asks for a passphrase where there is one, and sends it as it is", () => {
  expect(isComplete(NO_KEYS, false)).toBe(false);
  expect(isComplete({ ...KEYS, passphrase: "" }, true)).toBe(false);
  expect(isComplete({ ...KEYS, passphrase: "" }, false)).toBe(true);
  expect(sentKeys(KEYS, true)).toEqual({ api_key: "key", api_secret: "secret", passphrase: " with space " });
  expect(sentKeys(KEYS, false)).toEqual({ api_key: "key", api_secret: "secret" });
});

it("offers demo keys only where there are any", () => {
  const demo_credentials = { api_key: "a", api_secret: "b", passphrase: "" };
  expect(demoKeysOf({ demo_credentials })).toEqual({ apiKey: "a", apiSecret: "b", passphrase: "" });
  expect(demoKeysOf({ demo_credentials: { api_key: 7 } })).toBeNull();
  expect(demoKeysOf({})).toBeNull();
  expect(demoKeysOf(undefined)).toBeNull();
});

it("takes a day until its end", () => {
  const end = endOfDay("2026-03-05");
  expect(dayOf(end)).toBe("2026-03-05");
  expect(endOfDay("")).toBeNull();
  expect(dayOf(null)).toBe("");
});
