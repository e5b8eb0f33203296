import { useBalances } from "../../app/account";
import { showHolding } from "../../app/amounts";
import { Failure, Skeleton } from "../../components/States";
import type { Market } from "../../streams/frames";
import styles from "./OrderForm.module.css";

/** What the account holds of the two assets of this market. */
export function PairBalances({ market }: { market: Market }) {
  const { balances, isFresh, error, retry } = useBalances();
  if (balances === undefined) return error === null ? <Skeleton rows={2} /> : <Failure error={error} onRetry={retry} />;
  return (
    <div className={styles["balances"]}>
      <table className={isFresh ? styles["holdings"] : `${styles["holdings"]} stale`} data-fresh={isFresh}>
        <caption>Your balances</caption>
        <thead>
          <tr>
            <th scope="col">Asset</th>
            <th scope="col">Available</th>
            <th scope="col">In orders</th>
          </tr>
        </thead>
        <tbody>
          {[market.base, market.quote].map((asset) => {
            const balance = balances.find((candidate) => candidate.asset === asset);
            return (
              <tr key={asset}>
                <th scope="row">{asset}</th>
                <td>{showHolding(balance?.available ?? "0")}</td>
                <td className="soft">{showHolding(balance?.locked ?? "0")}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
