import { useId, type InputHTMLAttributes, type ReactNode } from "react";
import styles from "./Field.module.css";

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  readonly label: string;
  readonly onText: (text: string) => void;
  readonly error?: string | null | undefined;
  readonly hint?: ReactNode;
  /** Inside the box, behind the entry: a unit. */
  readonly suffix?: ReactNode;
  readonly isNumber?: boolean;
}

/** A labelled entry with its hint and its error. */
export function Field({ label, onText, error, hint, suffix, isNumber = false, ...input }: Props) {
  const id = useId();
  const hasError = error !== null && error !== undefined && error !== "";
  const hasNote = hasError || (hint !== undefined && hint !== null);
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      <div className={styles["box"]}>
        <input
          {...input}
          id={id}
          className={isNumber ? "input number" : "input"}
          aria-invalid={hasError}
          aria-describedby={hasNote ? `${id}-note` : undefined}
          onChange={(event) => onText(event.target.value)}
          {...(isNumber ? { inputMode: "decimal" as const, autoComplete: "off", spellCheck: false } : {})}
        />
        {suffix !== undefined && (
          <span className={styles["suffix"]} aria-hidden="true">
            {suffix}
          </span>
        )}
      </div>
      {hasNote && (
        <p id={`${id}-note`} className={hasError ? styles["error"] : styles["hint"]}>
          {hasError ? error : hint}
        </p>
      )}
    </div>
  );
}
