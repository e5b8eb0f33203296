import type { Connection } from "../contract";
import { permissionsOf, unknownOf } from "../words";
import { Warnings } from "./Warnings";
import shared from "../../wallet.module.css";
import styles from "../exchanges.module.css";

const NOTICED_SKEW_MS = 1_000;

/** What a test of the connection has found. */
export function TestReport({ report, exchange }: { report: Connection; exchange: string }) {
  const unknown = unknownOf(report.permissions);
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
      {unknown !== null && <p className="faint">{unknown.replace("The exchange", exchange)}</p>}
      <Warnings warnings={report.warnings} />
      {skew !== null && Math.abs(skew) >= NOTICED_SKEW_MS && (
        <p className={shared["calm"]}>Its clock and ours are {Math.abs(skew)} ms apart.</p>
      )}
    </div>
  );
}
