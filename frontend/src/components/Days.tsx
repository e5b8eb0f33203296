import styles from "./Days.module.css";

export interface DayRange {
  /** As a date field has them: 2026-01-20. Absent: open. */
  readonly first?: string | undefined;
  readonly last?: string | undefined;
}

/** From which day to which, both included. */
export function Days({ range, onChange }: { range: DayRange; onChange: (range: DayRange) => void }) {
  return (
    <span className={styles["days"]} role="group" aria-label="Days">
      <input
        type="date"
        className={`input ${styles["day"]}`}
        aria-label="From"
        max={range.last}
        value={range.first ?? ""}
        onChange={(event) => onChange({ ...range, first: event.target.value || undefined })}
      />
      <span className="faint" aria-hidden="true">
        –
      </span>
      <input
        type="date"
        className={`input ${styles["day"]}`}
        aria-label="To"
        min={range.first}
        value={range.last ?? ""}
        onChange={(event) => onChange({ ...range, last: event.target.value || undefined })}
      />
    </span>
  );
}
