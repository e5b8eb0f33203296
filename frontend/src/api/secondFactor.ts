/** Two-factor authentication of one's own account. Each code works once, for one thing. */

import { NoAnswer } from "./errors";
import { call, IdentityError } from "./identity";

const TOTP = "/account/authenticators/totp";
const RECOVERY_CODES = "/account/authenticators/recovery-codes";
const UNAUTHORIZED = 401;

export interface SecondFactor {
  /** Null while it is not active. */
  readonly active_since: string | null;
  readonly recovery_codes_left: number;
  /** After a change of the password or of the second factor itself. */
  readonly withdrawals_held_until: string | null;
}

/** What an authenticator app is to be told. Shown once. */
export interface Secret {
  readonly secret: string;
  readonly url: string;
  readonly svg: string;
}

/** The answer, of somebody who is still signed in. */
async function sent<Data>(method: string, path: string, body?: object): Promise<Data | undefined> {
  const [status, answer] = await call<Data>(method, path, body);
  if (status === UNAUTHORIZED)
    throw new IdentityError({ "": "Your sign-in is too long ago. Close this and start again." });
  return answer.data;
}

async function data<Data>(method: string, path: string, body?: object): Promise<Data> {
  const found = await sent<Data>(method, path, body);
  if (found === undefined) throw new NoAnswer();
  return found;
}

export function fetchSecondFactor(): Promise<SecondFactor> {
  return data("GET", TOTP);
}

/** With the password once more: whoever finds an open page does not know it. */
export async function beginActivation(password: string): Promise<Secret> {
  await sent("POST", "/auth/reauthenticate", { password });
  return data("PUT", TOTP);
}

/** The recovery codes, which are told this once. */
export async function activate(code: string): Promise<readonly string[]> {
  return (await data<{ recovery_codes: readonly string[] }>("POST", TOTP, { code })).recovery_codes;
}

export async function deactivate(code: string): Promise<void> {
  await sent("DELETE", TOTP, { code });
}

/** New recovery codes in place of the old ones; told this once. */
export async function renewRecoveryCodes(code: string): Promise<readonly string[]> {
  return (await data<{ recovery_codes: readonly string[] }>("POST", RECOVERY_CODES, { code })).recovery_codes;
}
