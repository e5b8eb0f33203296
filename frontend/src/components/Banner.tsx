import { useState } from "react";
import { dismissNotice, useExchangeNotices } from "../app/notices";
import { showMoment } from "../app/times";
import type { ExchangeNotice } from "../streams/frames";
import { Icon } from "./Icon";
import styles from "./Banner.module.css";

const FEW = 2;

/** Incidents, maintenance, halts and news, above every page until they end or are dismissed. */
export function Banner() {
  const notices = useExchangeNotices();
  const [showsAll, setShowsAll] = useState(false);
  if (notices.length === 0) return null;
  const hidden = notices.length - FEW;
  return (
    <aside className={styles["banner"]} aria-label="Announcements" aria-live="polite">
      {(showsAll ? notices : notices.slice(0, FEW)).map((notice) => (
        <Line key={notice.id} notice={notice} />
      ))}
      {hidden > 0 && (
        <button type="button" className={`button quiet tiny ${styles["more"]}`} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? "Show fewer" : `Show ${hidden} more`}
        </button>
      )}
    </aside>
  );
}

function Line({ notice }: { notice: ExchangeNotice }) {
  const when = timeOf(notice);
  return (
    <div className={styles["line"]} data-severity={notice.severity}>
      <Icon name={notice.severity === "INFO" ? "check" : "warning"} size={16} />
      <p>
        <strong>{notice.title}</strong>
        {when !== "" && <span className={styles["when"]}>{when}</span>}
        {notice.text !== "" && <span className={styles["text"]}>{notice.text}</span>}
      </p>
      <button
        type="button"
        className="button quiet tiny"
        aria-label={`Dismiss: ${notice.title}`}
        onClick={() => dismissNotice(notice)}
      >
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}

function timeOf({ phase, starts_at: start, ends_at: end }: ExchangeNotice): string {
  if (phase === "UPCOMING" && start !== null) {
    return end === null ? `from ${showMoment(start)}` : `${showMoment(start)} to ${showMoment(end)}`;
  }
  return end === null ? "" : `until ${showMoment(end)}`;
}
