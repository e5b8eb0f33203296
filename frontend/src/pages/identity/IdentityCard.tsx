import type { FormEvent, ReactNode } from "react";
import { Mark } from "../../components/Icon";
import styles from "./IdentityCard.module.css";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  /** Beneath the form: where else to go. */
  readonly footer?: ReactNode;
}

export function IdentityCard({ title, children, footer }: Props) {
  return (
    <div className={styles["place"]}>
      <section className={`panel ${styles["card"]}`}>
        <Mark size={34} />
        <h1>{title}</h1>
        {children}
      </section>
      {footer !== undefined && <p className={styles["footer"]}>{footer}</p>}
    </div>
  );
}

interface FormProps {
  readonly label: string;
  readonly onSubmit: () => Promise<void>;
  readonly isSending: boolean;
  readonly action: string;
  /** What belongs to no single field. */
  readonly problem: string | undefined;
  readonly children: ReactNode;
}

export function IdentityForm({ label, onSubmit, isSending, action, problem, children }: FormProps) {
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isSending) void onSubmit();
  }
  return (
    <form className={styles["form"]} aria-label={label} onSubmit={submit}>
      {problem !== undefined && problem !== "" && (
        <p className={styles["problem"]} role="alert">
          {problem}
        </p>
      )}
      {children}
      <button type="submit" className="button primary large wide" disabled={isSending}>
        {isSending ? "One moment…" : action}
      </button>
    </form>
  );
}
