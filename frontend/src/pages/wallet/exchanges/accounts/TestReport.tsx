import type { Connection } from "../types";
import { permissionsOf } from "../words";
import { Warnings } from "./Warnings";
import shared from "../../wallet.module.css";
import styles from "../exchanges.module.css";

const NOTICED_SKEW_MS = 1_000;

/** What a test of the connection has found. */
export function TestReport({ report, exchange }: { report: Connection; exchange: string }) {
  const skew = report.server_skew_ms;
  return (
    <div className={styles["report"]} role="status" aria-label="Result of the test">
      <p className={styles["success"]}>
        <strong>{exchange} accepts the keys.</strong> It answered in {report.latency_ms} ms.
      </p>
      <ul className={styles["badges"]} aria-label="Permissions of the key">
        {permissionsOf(report.permissions).map(({ tone, label }) => (
          <li key={label} className={`badge ${tone}`}>
            {label}
          </li>
        ))}
      </ul>
      <Warnings warnings={report.warnings} exchange={exchange} />
      {skew !== null && Math.abs(skew) >= NOTICED_SKEW_MS && (
        <p className={shared["calm"]}>Its clock and ours are {Math.abs(skew)} ms apart.</p>
      )}
    </div>
  );
}
