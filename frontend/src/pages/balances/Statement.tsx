import { useState } from "react";
import { showHolding } from "../../app/amounts";
import { useLedger, type Posting } from "../../app/queries";
import { showMoment } from "../../app/times";
import { Empty, Failure, Skeleton } from "../../components/States";
import { decimal, format, sign } from "../../money/decimal";
import { MoreButton } from "../orders/MoreButton";
import styles from "./BalancesPage.module.css";

const CAUSES: Readonly<Record<string, string>> = {
  ORDER: "Order",
  CANCEL: "Cancel",
  FUNDING: "Funding",
  TRANSFER: "Transfer",
  REVERSAL: "Correction",
};

/** Every change of every balance: summed up, it is the balance. */
export function Statement({ assets }: { assets: readonly string[] }) {
  const [asset, setAsset] = useState<string | undefined>();
  const query = useLedger({ asset });
  const { rows, error, refetch } = query;
  return (
    <section className={`panel ${styles["statement"]}`} aria-label="Statement">
      <header className={styles["bar"]}>
        <div>
          <h2>Statement</h2>
          <p className="faint">Every change of your balances, newest first. Summed up, it is the balance.</p>
        </div>
        <label>
          <span className="visually-hidden">Asset</span>
          <select
            className="select small"
            value={asset ?? ""}
            onChange={(event) => setAsset(event.target.value || undefined)}
          >
            <option value="">All assets</option>
            {assets.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </header>
      {rows === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {rows === undefined && error === null && <Skeleton rows={5} label="Loading the statement" />}
      {rows?.length === 0 && <Empty title="No change yet" />}
      {rows !== undefined && rows.length > 0 && (
        <div className="table-scroll">
          <table className="table">
            <caption className="visually-hidden">Statement of balance changes</caption>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Cause</th>
                <th scope="col">Asset</th>
                <th scope="col" className="number">
                  Available
                </th>
                <th scope="col" className="number">
                  In orders
                </th>
                <th scope="col">Journal entry</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((posting) => (
                <Row key={posting.id} posting={posting} />
              ))}
            </tbody>
          </table>
          <MoreButton query={query} />
        </div>
      )}
    </section>
  );
}

function Row({ posting }: { posting: Posting }) {
  return (
    <tr>
      <td className="soft">{showMoment(posting.posted_at)}</td>
      <td>{CAUSES[posting.cause] ?? posting.cause}</td>
      <td>{posting.asset}</td>
      <td className="number">
        <Delta amount={posting.available_delta} />
      </td>
      <td className="number">
        <Delta amount={posting.locked_delta} />
      </td>
      <td className="faint">{posting.entry_id}</td>
    </tr>
  );
}

function Delta({ amount }: { amount: string }) {
  const number = decimal(amount);
  const direction = sign(number);
  if (direction === 0) return <span className="faint">–</span>;
  return (
    <span className={direction > 0 ? "up" : "down"} title={showHolding(number)}>
      {format(number, { least: 2, signed: true })}
    </span>
  );
}
