import { useTransfers } from "../../../app/funds";
import { showMoment } from "../../../app/times";
import { Empty, Failure, Skeleton } from "../../../components/States";
import { decimal, format, negate } from "../../../money/decimal";
import { MoreButton } from "../../orders/MoreButton";
import styles from "../wallet.module.css";

/** What came from and went to other users. */
export function TransferList() {
  const query = useTransfers();
  const { rows, error, refetch } = query;
  return (
    <section className={`panel ${styles["list"]}`} aria-label="My transfers">
      <header className={styles["head"]}>
        <h2>My transfers</h2>
      </header>
      {rows === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {rows === undefined && error === null && <Skeleton rows={3} label="Loading transfers" />}
      {rows?.length === 0 && <Empty title="No transfers yet" />}
      {rows !== undefined && rows.length > 0 && (
        <div className="table-scroll">
          <table className="table">
            <caption className="visually-hidden">Transfers, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">With</th>
                <th scope="col" className="number">
                  Amount
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((transfer) => {
                const isReceived = transfer.direction === "RECEIVED";
                const amount = decimal(transfer.amount);
                return (
                  <tr key={transfer.id}>
                    <td className="soft">{showMoment(transfer.done_at)}</td>
                    <td>
                      {isReceived ? "From" : "To"} {transfer.counterparty}
                      {transfer.note !== "" && <div className="soft">{transfer.note}</div>}
                    </td>
                    <td className={`number ${isReceived ? "up" : "down"}`}>
                      {format(isReceived ? amount : negate(amount), { least: 2, signed: true })} {transfer.asset}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <MoreButton query={query} />
        </div>
      )}
    </section>
  );
}
