import { useState, type FormEvent, type ReactNode } from "react";
import { Link } from "react-router";
import type { EmailCodeSubject } from "../api/emailCodes";
import { ApiError, explain } from "../api/errors";
import { CodeField } from "./CodeField";
import { Dialog } from "./Dialog";
import { EmailCodeField } from "./EmailCodeField";
import styles from "./SecondFactorDialog.module.css";

interface Props {
  readonly title: string;
  /** What the code is for, in a sentence or two. */
  readonly children: ReactNode;
  readonly action: string;
  readonly isDangerous?: boolean;
  /** What a code by e-mail can be sent for, where the exchange may want one as well. */
  readonly subject?: EmailCodeSubject;
  /** Whether it is known to want one. Else it is asked for as soon as the exchange says so. */
  readonly needsEmailCode?: boolean;
  /** Does what the code is for, and throws what was refused; the dialog says why and stays. */
  readonly onCode: (code: string, emailCode: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks for a code of the authenticator app before something that needs one. A refused code is never sent again. */
export function SecondFactorDialog({
  title,
  children,
  action,
  isDangerous = false,
  subject,
  needsEmailCode = false,
  onCode,
  onClose,
}: Props) {
  const [code, setCode] = useState("");
  const [emailCode, setEmailCode] = useState("");
  const [refusal, setRefusal] = useState<unknown>(null);
  const [isEmailCodeAsked, setEmailCodeAsked] = useState(false);
  const [isSending, setSending] = useState(false);
  const mailed = needsEmailCode || isEmailCodeAsked ? subject : undefined;
  const isReady = code.trim() !== "" && (mailed === undefined || emailCode.trim() !== "");
  const isMissing =
    refusal instanceof ApiError && refusal.code === "SECOND_FACTOR_REQUIRED" && !refusal.details["active"];

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isSending || !isReady) return;
    setSending(true);
    setRefusal(null);
    try {
      await onCode(code, emailCode.trim());
    } catch (error) {
      setRefusal(error);
      // Of two codes the one that was not refused is still good.
      const refused = error instanceof ApiError ? error.code : "";
      if (refused === "EMAIL_CODE_REQUIRED") setEmailCodeAsked(true);
      else if (refused === "EMAIL_CODE_INVALID") setEmailCode("");
      else setCode("");
    }
    setSending(false);
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form className={styles["form"]} aria-label={title} onSubmit={(event) => void send(event)}>
        <div className="soft">{children}</div>
        {refusal !== null && (
          <p className={styles["problem"]} role="alert">
            {explain(refusal)} {isMissing && <Link to="/settings#two-factor">To the settings</Link>}
          </p>
        )}
        {mailed !== undefined && <EmailCodeField subject={mailed} value={emailCode} onText={setEmailCode} />}
        <CodeField value={code} onText={setCode} autoFocus={mailed === undefined} />
        <div className={styles["buttons"]}>
          <button type="button" className="button" onClick={onClose}>
            Never mind
          </button>
          <button
            type="submit"
            className={`button ${isDangerous ? "danger" : "primary"}`}
            disabled={isSending || !isReady}
          >
            {isSending ? "One moment…" : action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
