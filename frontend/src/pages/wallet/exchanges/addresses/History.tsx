import { showMoment } from "../../../../app/times";
import { Dialog } from "../../../../components/Dialog";
import { Empty, Failure, Skeleton } from "../../../../components/States";
import { MoreButton } from "../../../orders/MoreButton";
import { useAddressHistory } from "../data";
import type { Activity, Address } from "../types";
import { actionWords, changesOf } from "../words";
import styles from "../exchanges.module.css";

const WHO: Readonly<Record<Activity["by"], string>> = {
  user: "You",
  staff: "Our staff",
  exchange: "In a sync",
};

/** All that happened to an address, newest first. */
export function History({ address, onClose }: { address: Address; onClose: () => void }) {
  const query = useAddressHistory(address.id);
  const { rows, error, refetch } = query;
  return (
    <Dialog title="History of the address" isDrawer onClose={onClose}>
      <p className={styles["unusable"]}>
        <span className="faint">
          {address.currency} on {address.network}
        </span>
        <code>{address.address}</code>
      </p>
      {rows === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {rows === undefined && error === null && <Skeleton rows={6} label="Loading the history" />}
      {rows?.length === 0 && <Empty title="Nothing yet" />}
      {rows !== undefined && rows.length > 0 && (
        <>
          <ol className={styles["history"]} aria-label="Activities">
            {rows.map((activity) => (
              <Entry key={activity.id} activity={activity} />
            ))}
          </ol>
          <MoreButton query={query} />
        </>
      )}
    </Dialog>
  );
}

function Entry({ activity: { action, by, at, old_values, new_values, ip_address } }: { activity: Activity }) {
  return (
    <li>
      <strong>{actionWords(action)}</strong>
      <span className="faint">
        {WHO[by]} · <time dateTime={at}>{showMoment(at)}</time>
        {ip_address !== null && ` · from ${ip_address}`}
      </span>
      {changesOf(old_values, new_values).map(({ name, before, after }) => (
        <span key={name} className={styles["change"]}>
          {name}: {before !== "" && <s>{before}</s>} {after === "" ? <i>none</i> : after}
        </span>
      ))}
    </li>
  );
}
