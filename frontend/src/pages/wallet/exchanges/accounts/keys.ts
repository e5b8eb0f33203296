/** Keys as they are typed: they live in the dialog that asks for them, and end with it. */

export interface Keys {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly passphrase: string;
}

export const NO_KEYS: Keys = { apiKey: "", apiSecret: "", passphrase: "" };

export function isComplete(keys: Keys, needsPassphrase: boolean): boolean {
  return keys.apiKey.trim() !== "" && keys.apiSecret.trim() !== "" && (!needsPassphrase || keys.passphrase !== "");
}

/** As the exchange takes them. What was copied with a line's end is meant without. */
export function sentKeys(keys: Keys, needsPassphrase: boolean) {
  return {
    api_key: keys.apiKey.trim(),
    api_secret: keys.apiSecret.trim(),
    ...(needsPassphrase ? { passphrase: keys.passphrase } : {}),
  };
}

/** Keys of the demo's own far end, where an exchange's description offers them. */
export function demoKeysOf(metadata: Readonly<Record<string, unknown>> | undefined): Keys | null {
  const offered = metadata?.["demo_credentials"];
  if (typeof offered !== "object" || offered === null) return null;
  const { api_key, api_secret, passphrase } = offered as Readonly<Record<string, unknown>>;
  if (typeof api_key !== "string" || typeof api_secret !== "string") return null;
  return { apiKey: api_key, apiSecret: api_secret, passphrase: typeof passphrase === "string" ? passphrase : "" };
}

/** A day from a date entry as the moment at which it ends on the reader's clock; null where none is chosen. */
export function endOfDay(day: string): string | null {
  const moment = new Date(`${day}T23:59:59`);
  return day === "" || Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

/** The day of a moment, as a date entry has it. */
export function dayOf(moment: string | null): string {
  if (moment === null) return "";
  const date = new Date(moment);
  const two = (number: number): string => number.toString().padStart(2, "0");
  return `${date.getFullYear().toString()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
