import { useState } from "react";
import { sendEmailCode, type EmailCodeSubject } from "../api/emailCodes";
import { ApiError, explain } from "../api/errors";
import { showClock, showDuration } from "../app/times";
import { useSecondsLeft } from "../app/useSecondsUntil";
import { CodeField } from "./CodeField";
import styles from "./EmailCodeField.module.css";

interface Props {
  readonly subject: EmailCodeSubject;
  readonly value: string;
  readonly onText: (text: string) => void;
}

/** An entry for a code by e-mail, and a button that has one sent, as often as the exchange allows. */
export function EmailCodeField({ subject, value, onText }: Props) {
  const [goodUntil, setGoodUntil] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<unknown>(null);
  const [freeAt, setFreeAt] = useState(0);
  const [isSending, setSending] = useState(false);
  const wait = useSecondsLeft(freeAt);

  async function send(): Promise<void> {
    setSending(true);
    setRefusal(null);
    setFreeAt(0);
    try {
      setGoodUntil(await sendEmailCode(subject));
      onText("");
    } catch (error) {
      setRefusal(error);
      if (error instanceof ApiError && error.retryAfterSeconds !== null)
        setFreeAt(Date.now() + error.retryAfterSeconds * 1000);
    }
    setSending(false);
  }

  return (
    <div>
      <div className={styles["row"]}>
        <CodeField
          label="Code from the e-mail"
          hint={goodUntil === null ? "Six digits, sent to your e-mail address." : `Sent. Good until ${showClock(goodUntil)}.`}
          value={value}
          onText={onText}
        />
        <button
          type="button"
          className="button"
          disabled={isSending || wait > 0}
          onClick={() => void send()}
          autoFocus={goodUntil === null}
        >
          {wait > 0 ? `Again in ${showDuration(wait)}` : goodUntil === null ? "Send a code" : "Send another"}
        </button>
      </div>
      {refusal !== null && (freeAt === 0 || wait > 0) && (
        <p className={styles["problem"]} role="alert">
          {explain(refusal)}
        </p>
      )}
    </div>
  );
}
