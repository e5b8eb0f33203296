import { useState } from "react";
import { showHolding } from "../../app/amounts";
import { periodOf } from "../../app/exports";
import { useLedger, type Posting, type StatementFilter } from "../../app/queries";
import { showMoment } from "../../app/times";
import { Choice } from "../../components/Choice";
import { Days, type DayRange } from "../../components/Days";
import { DownloadButton } from "../../components/DownloadButton";
import { Empty, Failure, Skeleton } from "../../components/States";
import { add, decimal, format, sign } from "../../money/decimal";
import { MoreButton } from "../orders/MoreButton";
import styles from "./BalancesPage.module.css";

const CAUSES: Readonly<Record<string, string>> = {
  ORDER: "Order",
  CANCEL: "Cancel",
  DEPOSIT: "Deposit",
  WITHDRAWAL_LOCK: "Withdrawal asked for",
  WITHDRAWAL: "Withdrawal",
  WITHDRAWAL_RELEASE: "Withdrawal stopped",
  TRANSFER: "Transfer",
  FUNDING: "Funding",
  HOLD: "Hold",
  BUST: "Trade undone",
  ADJUSTMENT: "Correction",
  REVERSAL: "Reversal",
};

/** Every change of every balance: summed up, it is the balance. */
export function Statement({ assets }: { assets: readonly string[] }) {
  const [asset, setAsset] = useState<string | undefined>();
  const [cause, setCause] = useState<StatementFilter["cause"]>();
  const [days, setDays] = useState<DayRange>({});
  const filter: StatementFilter = { asset, cause, ...periodOf(days) };
  const query = useLedger(filter);
  const { rows, error, refetch } = query;
  return (
    <section className={`panel ${styles["statement"]}`} aria-label="Statement">
      <header className={styles["bar"]}>
        <div>
          <h2>Statement</h2>
          <p className="faint">Every change of your balances, newest first. Summed up, it is the balance.</p>
        </div>
        <div className={styles["filters"]} role="group" aria-label="Filters">
          <Choice
            label="Asset"
            all="All assets"
            options={assets.map((name) => ({ value: name, label: name }))}
            value={asset}
            onChange={setAsset}
          />
          <Choice
            label="Cause"
            all="Every cause"
            options={Object.entries(CAUSES).map(([value, label]) => ({ value, label }))}
            value={cause}
            onChange={(chosen) => setCause(chosen as StatementFilter["cause"])}
          />
          <Days range={days} onChange={setDays} />
          <DownloadButton path="/api/v1/ledger" filter={filter} />
        </div>
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
                <th scope="col" className="number">
                  Balance after
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
  const { available_after: available, locked_after: locked } = posting;
  const balance = available === null || locked === null ? null : add(decimal(available), decimal(locked));
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
      <td className="number" title={balance === null ? undefined : showHolding(balance)}>
        {balance === null ? <span className="faint">–</span> : format(balance, { least: 2 })}
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
