/** Codes by e-mail beside that of the authenticator app: each for one withdrawal or one transfer. */

import { answered, api } from "./client";
import type { components } from "./schema";

/** The withdrawal, or the transfer, that a code is asked for. */
export type EmailCodeSubject = components["schemas"]["EmailCodeRequest"];

/** Have one sent; until when it is good. */
export async function sendEmailCode(subject: EmailCodeSubject): Promise<string> {
  return (await answered(api.POST("/api/v1/wallet/email-codes", { body: subject }))).expires_at;
}
