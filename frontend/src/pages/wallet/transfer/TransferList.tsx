import { useLedger } from "../../../app/queries";
import { showMoment } from "../../../app/times";
import { Empty, Failure, Skeleton } from "../../../components/States";
import { decimal, format, sign } from "../../../money/decimal";
import { MoreButton } from "../../orders/MoreButton";
import styles from "../wallet.module.css";

/** What came from and went to other users, from the statement. */
export function TransferList() {
  const query = useLedger({ cause: "TRANSFER" });
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
                <th scope="col">Direction</th>
                <th scope="col" className="number">
                  Amount
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((posting) => {
                const amount = decimal(posting.available_delta);
                const isReceived = sign(amount) > 0;
                return (
                  <tr key={posting.id}>
                    <td className="soft">{showMoment(posting.posted_at)}</td>
                    <td>{isReceived ? "Received" : "Sent"}</td>
                    <td className={`number ${isReceived ? "up" : "down"}`}>
                      {format(amount, { least: 2, signed: true })} {posting.asset}
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
