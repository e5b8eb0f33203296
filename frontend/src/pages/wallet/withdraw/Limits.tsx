import { useWithdrawalLimits } from "../../../app/funds";
import { Failure, Skeleton } from "../../../components/States";
import { decimal, format, thousandths } from "../../../money/decimal";
import styles from "../wallet.module.css";

const VALUE = { decimals: 2, least: 0 };

/** How much may be taken out, and how much of it has been. */
export function Limits() {
  const { data: limits, error, refetch } = useWithdrawalLimits();
  return (
    <section className="panel" aria-label="My limits">
      <div className={styles["card"]}>
        <h2>My limits</h2>
        {limits === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {limits === undefined && error === null && <Skeleton rows={4} label="Loading limits" />}
        {limits !== undefined && (
          <>
            <Usage title="In 24 hours" limit={limits.daily} unit={limits.reference_asset} />
            <Usage title="In 30 days" limit={limits.monthly} unit={limits.reference_asset} />
            <dl className={styles["facts"]}>
              <dt>Withdrawals this hour</dt>
              <dd>
                {limits.hourly_count.used} of {limits.hourly_count.limit}
              </dd>
              <dt>Identity</dt>
              <dd>
                {limits.kyc_status === "approved" ? `Approved, level ${limits.kyc_level}` : "Not approved yet"}
              </dd>
            </dl>
          </>
        )}
      </div>
    </section>
  );
}

interface Part {
  readonly limit: string;
  readonly used: string;
  readonly left: string;
}

function Usage({ title, limit, unit }: { title: string; limit: Part; unit: string }) {
  return (
    <div>
      <dl className={styles["facts"]}>
        <dt>{title}</dt>
        <dd>
          <strong>{format(decimal(limit.left), VALUE)}</strong> {unit} left
        </dd>
      </dl>
      <progress
        className={styles["bar"]}
        aria-label={`Used: ${title}`}
        value={thousandths(decimal(limit.used), decimal(limit.limit)).toString()}
        max={1000}
      />
      <p className="faint">
        {format(decimal(limit.used), VALUE)} of {format(decimal(limit.limit), VALUE)} {unit} used
      </p>
    </div>
  );
}
