/** What is shown where data is not there: still loading, none, or failed. */

import type { ReactNode } from "react";
import { explain } from "../api/errors";
import styles from "./States.module.css";

export function Skeleton({ rows = 6, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div className={styles["skeleton"]} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className={styles["line"]} />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles["empty"]}>
      <p className={styles["title"]}>{title}</p>
      {children !== undefined && <div className="faint">{children}</div>}
    </div>
  );
}

export function Failure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div className={styles["empty"]} role="alert">
      <p className={styles["title"]}>This could not be loaded</p>
      <p className="faint">{explain(error)}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
