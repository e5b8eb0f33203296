import { useMemo } from "react";
import { Link } from "react-router";
import { useBalances } from "../../app/account";
import { showHolding } from "../../app/amounts";
import { useMarkets } from "../../app/queries";
import { useTitle } from "../../app/useTitle";
import { Empty, Failure, Skeleton } from "../../components/States";
import { compare, decimal, format, ZERO } from "../../money/decimal";
import type { Balance } from "../../streams/frames";
import { WalletNav } from "../wallet/WalletNav";
import { Statement } from "./Statement";
import { usePrices } from "./usePrices";
import { totalWorth, worth, type LastPrices } from "./valuation";
import styles from "./BalancesPage.module.css";

const UNIT = "USDT";
const WORTH_DECIMALS = 2;
const ACTIONS = [
  { path: "deposit", label: "Deposit" },
  { path: "withdraw", label: "Withdraw" },
  { path: "transfer", label: "Transfer" },
];

export default function BalancesPage() {
  useTitle("Wallet");
  const { balances, isFresh, error, retry } = useBalances();
  const prices = usePrices();
  const sum = useMemo(() => (balances === undefined ? null : totalWorth(balances, UNIT, prices)), [balances, prices]);
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Wallet</h1>
          <p>Available plus what waits in open orders is all you own here.</p>
        </div>
        {sum !== null && (
          <div className={isFresh ? styles["sum"] : `${styles["sum"]} stale`}>
            <span className="faint">Total value</span>
            <strong>
              ≈ {format(sum.total, { decimals: WORTH_DECIMALS })} {UNIT}
            </strong>
            {sum.unpriced.length > 0 && <span className="faint">without {sum.unpriced.join(", ")}: no price yet</span>}
          </div>
        )}
      </div>
      <WalletNav />
      <section className="panel" aria-label="Balances">
        {balances === undefined && error !== null && <Failure error={error} onRetry={retry} />}
        {balances === undefined && error === null && <Skeleton rows={4} label="Loading balances" />}
        {balances?.length === 0 && (
          <Empty title="Nothing here yet">
            What you deposit or buy shows up here. <Link to="/wallet/deposit">Make a deposit</Link>
          </Empty>
        )}
        {balances !== undefined && balances.length > 0 && (
          <BalanceTable balances={balances} prices={prices} isFresh={isFresh} />
        )}
      </section>
      <Statement assets={balances?.map((balance) => balance.asset).sort() ?? []} />
    </div>
  );
}

function byWorth(prices: LastPrices) {
  return (a: Balance, b: Balance): number =>
    compare(worth(b, UNIT, prices) ?? ZERO, worth(a, UNIT, prices) ?? ZERO) || (a.asset < b.asset ? -1 : 1);
}

function BalanceTable({
  balances,
  prices,
  isFresh,
}: {
  balances: readonly Balance[];
  prices: LastPrices;
  isFresh: boolean;
}) {
  const { markets } = useMarkets();
  return (
    <div className="table-scroll">
      <table className={`table ${styles["table"]}`} data-fresh={isFresh}>
        <caption className="visually-hidden">Balances by asset</caption>
        <thead>
          <tr>
            <th scope="col">Asset</th>
            <th scope="col" className="number">
              Available
            </th>
            <th scope="col" className="number">
              In orders
            </th>
            <th scope="col" className={`number ${styles["wide"]}`}>
              Total
            </th>
            <th scope="col" className="number">
              Value ({UNIT})
            </th>
            <th scope="col" className={styles["wide"]}>
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody className={isFresh ? undefined : "stale"}>
          {[...balances].sort(byWorth(prices)).map((balance) => {
            const value = worth(balance, UNIT, prices);
            const market = markets?.find((candidate) => candidate.base === balance.asset && candidate.quote === UNIT);
            return (
              <tr key={balance.asset}>
                <th scope="row">{balance.asset}</th>
                <td className="number">{showHolding(balance.available)}</td>
                <td className="number soft">
                  {compare(decimal(balance.locked), ZERO) === 0 ? "–" : showHolding(balance.locked)}
                </td>
                <td className={`number ${styles["wide"]}`}>{showHolding(balance.total)}</td>
                <td className="number">{value === null ? "–" : format(value, { decimals: WORTH_DECIMALS })}</td>
                <td className={`number ${styles["wide"]}`}>
                  <span className={styles["actions"]}>
                    {ACTIONS.map(({ path, label }) => (
                      <Link
                        key={path}
                        to={`/wallet/${path}/${balance.asset}`}
                        className="button tiny"
                        aria-label={`${label} ${balance.asset}`}
                      >
                        {label}
                      </Link>
                    ))}
                    {market !== undefined && (
                      <Link
                        to={`/trade/${market.symbol}`}
                        className="button tiny"
                        aria-label={`Trade ${balance.asset}`}
                      >
                        Trade
                      </Link>
                    )}
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
