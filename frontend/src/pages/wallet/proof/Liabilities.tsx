import type { LiabilitySnapshot } from "../../../app/funds";
import { CopyButton } from "../../../components/CopyButton";
import { add, compare, decimal, format, sign, ZERO, type Decimal } from "../../../money/decimal";
import styles from "../wallet.module.css";

/** What is owed of each asset beside what is there, and the root to check against. */
export function Liabilities({ snapshot }: { snapshot: LiabilitySnapshot }) {
  return (
    <section className={`panel ${styles["list"]}`} aria-label="Liabilities">
      <header className={styles["head"]}>
        <h2>Owed and held</h2>
      </header>
      <div className="table-scroll">
        <table className="table">
          <caption className="visually-hidden">Liabilities and reserves by asset</caption>
          <thead>
            <tr>
              <th scope="col">Asset</th>
              <th scope="col" className="number">
                Owed to users
              </th>
              <th scope="col" className="number">
                Held, as reported
              </th>
              <th scope="col" className={`number ${styles["wide"]}`}>
                Accounts
              </th>
              <th scope="col">Root</th>
            </tr>
          </thead>
          <tbody>
            {snapshot.assets.map(({ asset, total, suspense, leaves, root }) => (
              <tr key={asset}>
                <td>
                  <strong>{asset}</strong>
                </td>
                <td className="number">
                  {format(decimal(total), { least: 2 })}
                  {sign(decimal(suspense)) > 0 && (
                    <span className="faint"> and {format(decimal(suspense))} not yet assigned</span>
                  )}
                </td>
                <td className="number">
                  <Held held={heldOf(snapshot, asset)} owed={decimal(total)} />
                </td>
                <td className={`number ${styles["wide"]}`}>{leaves}</td>
                <td>
                  <span className={styles["actions"]}>
                    <code className={styles["id"]} title={root}>
                      {root}
                    </code>
                    <CopyButton text={root} label={`Copy the root of ${asset}`} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The sum over all rails; null where none has reported. */
function heldOf(snapshot: LiabilitySnapshot, asset: string): Decimal | null {
  const reported = snapshot.reserves.filter((reserve) => reserve.asset === asset);
  return reported.length === 0
    ? null
    : reported.reduce((held, reserve) => add(held, decimal(reserve.amount)), ZERO);
}

function Held({ held, owed }: { held: Decimal | null; owed: Decimal }) {
  if (held === null) return <span className="faint">no report</span>;
  return <span className={compare(held, owed) < 0 ? "down" : "up"}>{format(held, { least: 2 })}</span>;
}
