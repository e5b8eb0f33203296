import { useDeposits, type Deposit } from "../../../app/funds";
import { showHolding } from "../../../app/amounts";
import { showMoment } from "../../../app/times";
import { Empty, Failure, Skeleton } from "../../../components/States";
import { MoreButton } from "../../orders/MoreButton";
import { TransactionId } from "../TransactionId";
import { standingOf } from "./depositWords";
import styles from "../wallet.module.css";

/** My deposits, newest first, each with how far the network has confirmed it. */
export function DepositList() {
  const query = useDeposits();
  const { rows, error, refetch } = query;
  return (
    <section className={`panel ${styles["list"]}`} aria-label="My deposits">
      <header className={styles["head"]}>
        <h2>My deposits</h2>
      </header>
      {rows === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {rows === undefined && error === null && <Skeleton rows={3} label="Loading deposits" />}
      {rows?.length === 0 && (
        <Empty title="No deposits yet">
          What you send shows up here as soon as the network has seen it, or the bank has told us.
        </Empty>
      )}
      {rows !== undefined && rows.length > 0 && (
        <div className="table-scroll">
          <table className="table">
            <caption className="visually-hidden">Deposits, newest first</caption>
            <thead>
              <tr>
                <th scope="col" className={styles["wide"]}>
                  Seen
                </th>
                <th scope="col" className="number">
                  Amount
                </th>
                <th scope="col" className={styles["wide"]}>
                  Network
                </th>
                <th scope="col">State</th>
                <th scope="col">Transaction</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((deposit) => (
                <Row key={deposit.id} deposit={deposit} />
              ))}
            </tbody>
          </table>
          <MoreButton query={query} />
        </div>
      )}
    </section>
  );
}

function Row({ deposit }: { deposit: Deposit }) {
  const { tone, label, text } = standingOf(deposit);
  const { confirmations, required_confirmations: required } = deposit;
  return (
    <tr>
      <td className={`soft ${styles["wide"]}`}>{showMoment(deposit.seen_at)}</td>
      <td className="number">
        {showHolding(deposit.amount)} {deposit.asset}
      </td>
      <td className={styles["wide"]}>{deposit.network}</td>
      <td>
        <span className={`badge ${tone}`}>{label}</span> {text !== "" && <span className="faint">{text}</span>}
        {deposit.state === "PENDING" && deposit.reason === "" && (
          <progress className={styles["bar"]} aria-hidden="true" value={confirmations} max={Math.max(1, required)} />
        )}
      </td>
      <td>
        <TransactionId id={deposit.external_tx_id} />
      </td>
    </tr>
  );
}
