import { useState, type FormEvent, type ReactNode } from "react";
import { Link } from "react-router";
import { ApiError, explain } from "../api/errors";
import { CodeField } from "./CodeField";
import { Dialog } from "./Dialog";
import styles from "./SecondFactorDialog.module.css";

interface Props {
  readonly title: string;
  /** What the code is for, in a sentence or two. */
  readonly children: ReactNode;
  readonly action: string;
  readonly isDangerous?: boolean;
  /** A code by e-mail is on its way as well. Asked for by itself where the exchange says that it is needed. */
  readonly asksEmailCode?: boolean;
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
  asksEmailCode = false,
  onCode,
  onClose,
}: Props) {
  const [code, setCode] = useState("");
  const [emailCode, setEmailCode] = useState("");
  const [refusal, setRefusal] = useState<unknown>(null);
  const [isSending, setSending] = useState(false);
  const refusedAs = refusal instanceof ApiError ? refusal.code : "";
  const needsEmailCode = asksEmailCode || refusedAs.startsWith("EMAIL_CODE_") || emailCode !== "";
  const isMissing = refusal instanceof ApiError && refusedAs === "SECOND_FACTOR_REQUIRED" && !refusal.details["active"];

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isSending) return;
    setSending(true);
    setRefusal(null);
    try {
      await onCode(code, emailCode.trim());
    } catch (error) {
      setRefusal(error);
      if (!(error instanceof ApiError && error.code.startsWith("EMAIL_CODE_"))) setCode("");
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
        {needsEmailCode && (
          <CodeField
            label="Code from the e-mail"
            hint="Six digits, good for ten minutes."
            value={emailCode}
            onText={setEmailCode}
          />
        )}
        <CodeField value={code} onText={setCode} autoFocus />
        <div className={styles["buttons"]}>
          <button type="button" className="button" onClick={onClose}>
            Never mind
          </button>
          <button
            type="submit"
            className={`button ${isDangerous ? "danger" : "primary"}`}
            disabled={isSending || code.trim() === ""}
          >
            {isSending ? "One moment…" : action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
