/** Signing up, in and out, through django-allauth's headless interface for browsers. */

import { config } from "../app/config";
import { csrfToken } from "./client";
import { ApiError, NoAnswer, toApiError } from "./errors";

const ROOT = "/_allauth/browser/v1";
/** What allauth answers to a second mail within minutes. */
const TOO_SOON = 403;

export interface SessionUser {
  readonly username: string;
  readonly email: string;
}

interface IdentityProblem {
  readonly message: string;
  readonly code: string;
  readonly param?: string;
}

interface Flows {
  readonly user?: SessionUser;
  readonly flows?: readonly { id: string; is_pending?: boolean }[];
}

interface IdentityBody<Data> {
  readonly status?: number;
  readonly data?: Data;
  readonly errors?: readonly IdentityProblem[];
  readonly meta?: { readonly is_authenticated?: boolean };
}

/** Entries that were refused: by field, and "" for what belongs to none. */
export class IdentityError extends Error {
  constructor(readonly problems: Readonly<Record<string, string>>) {
    super(Object.values(problems).join(" "));
  }
}

export type Outcome = "signed-in" | "verification-needed" | "code-needed" | "signed-out";

/** One request; status 401 and 410 are answers, of which the caller makes sense. */
export async function call<Data = Flows>(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<[number, IdentityBody<Data>]> {
  let response: Response;
  try {
    response = await fetch(ROOT + path, {
      method,
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        ...(method === "GET" ? {} : { "X-CSRFToken": csrfToken(), "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new NoAnswer();
  }
  const answer = (await response.json().catch(() => ({}))) as IdentityBody<Data>;
  if (answer.errors !== undefined && answer.errors.length > 0) throw new IdentityError(byField(answer.errors));
  if (response.status === 429) throw new IdentityError({ "": "Too many attempts. Wait a little and try again." });
  if (response.status >= 400 && response.status !== 401 && response.status !== 410)
    throw toApiError(response.status, answer);
  return [response.status, answer];
}

function byField(problems: readonly IdentityProblem[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { param = "", message } of problems)
    found[param] = found[param] === undefined ? message : `${found[param]} ${message}`;
  return found;
}

function outcome([status, body]: [number, IdentityBody<Flows>]): Outcome {
  if (status === 200 && body.meta?.is_authenticated !== false) return "signed-in";
  const pending = body.data?.flows?.find((flow) => flow.is_pending === true)?.id;
  if (pending === "verify_email") return "verification-needed";
  return pending === "mfa_authenticate" ? "code-needed" : "signed-out";
}

/** The CSRF token while nobody is signed in. Signing in changes it, in whatever tab, so while it stays there is nobody to ask for. */
let tokenOfNobody: string | null = config.hasSession ? null : csrfToken();

/** Who is signed in; null for nobody. */
export async function fetchSession(): Promise<SessionUser | null> {
  if (tokenOfNobody !== null && tokenOfNobody !== "" && tokenOfNobody === csrfToken()) return null;
  const [status, body] = await call("GET", "/auth/session");
  const user = status === 200 ? (body.data?.user ?? null) : null;
  tokenOfNobody = user === null ? csrfToken() : null;
  return user;
}

export async function signIn(entries: { email: string; password: string }): Promise<Outcome> {
  return outcome(await call("POST", "/auth/login", entries));
}

/** After the password: a code of the authenticator app, or a recovery code. */
export async function signInWithCode(code: string): Promise<Outcome> {
  return outcome(await call("POST", "/auth/2fa/authenticate", { code }));
}

export async function signUp(entries: { email: string; username: string; password: string }): Promise<Outcome> {
  return outcome(await call("POST", "/auth/signup", entries));
}

export async function signOut(): Promise<void> {
  await call("DELETE", "/auth/session");
  tokenOfNobody = csrfToken();
}

export async function requestPasswordReset(email: string): Promise<void> {
  await call("POST", "/auth/password/request", { email });
}

export async function resetPassword(key: string, password: string): Promise<Outcome> {
  return outcome(await call("POST", "/auth/password/reset", { key, password }));
}

export async function changePassword(entries: { current_password: string; new_password: string }): Promise<void> {
  await call("POST", "/account/password/change", entries);
}

export async function verifyEmail(key: string): Promise<Outcome> {
  return outcome(await call("POST", "/auth/email/verify", { key }));
}

/** Send the mail with the link again. */
export async function resendVerification(email: string): Promise<void> {
  try {
    await call("PUT", "/account/email", { email });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === TOO_SOON)) throw error;
    throw new IdentityError({
      "": "One was sent a short while ago. Look for it first, or try again in a few minutes.",
    });
  }
}
