import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useAddressBook, useAssets, useWithdrawalFees, useWithdrawalLimits } from "../../../app/funds";
import { useSecondFactor } from "../../../app/queries";
import { showMoment } from "../../../app/times";
import { useTitle } from "../../../app/useTitle";
import { Empty, Failure, Skeleton } from "../../../components/States";
import { AssetChoice } from "../AssetChoice";
import { NetworkChoice } from "../NetworkChoice";
import { WalletNav } from "../WalletNav";
import { Limits } from "./Limits";
import { WithdrawalList } from "./WithdrawalList";
import { WithdrawForm } from "./WithdrawForm";
import styles from "../wallet.module.css";

export default function WithdrawPage() {
  useTitle("Withdraw");
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Withdraw</h1>
          <p>Send to an address of your address book. A code of your authenticator app confirms it.</p>
        </div>
      </div>
      <WalletNav />
      <div className={styles["columns"]}>
        <section className="panel" aria-label="New withdrawal">
          <NewWithdrawal />
        </section>
        <Limits />
      </div>
      <WithdrawalList />
    </div>
  );
}

function NewWithdrawal() {
  const fees = useWithdrawalFees();
  const book = useAddressBook();
  const { data: assets } = useAssets();
  const { asset: wanted } = useParams();
  const navigate = useNavigate();
  const [network, setNetwork] = useState("");
  const error = fees.error ?? book.error;
  if (fees.data === undefined || book.data === undefined) {
    if (error === null) return <Skeleton rows={8} label="Loading" />;
    const retry = (): void => {
      void fees.refetch();
      void book.refetch();
    };
    return <Failure error={error} onRetry={retry} />;
  }
  const symbols = [...new Set(fees.data.map((terms) => terms.asset))];
  const asset = symbols.find((symbol) => symbol === wanted) ?? symbols[0];
  const networks = fees.data.filter((terms) => terms.asset === asset);
  const terms = networks.find((candidate) => candidate.network === network) ?? networks[0];
  if (asset === undefined || terms === undefined) {
    return <Empty title="No withdrawals at the moment">The exchange sends over no network. Look again later.</Empty>;
  }
  return (
    <div className={styles["card"]}>
      <Obstacles />
      {wanted !== undefined && asset !== wanted && (
        <p className={styles["notice"]}>{wanted} is not sent over any network at the moment.</p>
      )}
      <AssetChoice
        assets={symbols.map((symbol) => ({
          asset: symbol,
          name: assets?.find((candidate) => candidate.asset === symbol)?.name ?? "",
        }))}
        value={asset}
        onChange={(chosen) => void navigate(`/wallet/withdraw/${chosen}`, { replace: true })}
      />
      <NetworkChoice
        networks={networks.map((candidate) => candidate.network)}
        value={terms.network}
        onChange={setNetwork}
      />
      {!terms.is_open && (
        <p className={styles["notice"]}>
          Withdrawals of {asset} over {terms.network} are suspended at the moment. Look again later.
        </p>
      )}
      <WithdrawForm
        key={`${asset} ${terms.network}`}
        terms={terms}
        addresses={book.data.items}
        coolingOffHours={book.data.cooling_off_hours}
      />
    </div>
  );
}

/** What stands in the way of any withdrawal, said before one fills in a form. */
function Obstacles() {
  const { data: limits } = useWithdrawalLimits();
  const { data: factor } = useSecondFactor();
  const isOpen = limits === undefined || limits.can_withdraw;
  return (
    <>
      {!isOpen && (
        <p className={styles["notice"]}>
          {limits.kyc_status === "approved"
            ? "Withdrawals are not open for your account. Write to us if you expected otherwise."
            : "Your identity has to be approved before you can withdraw."}
        </p>
      )}
      {factor !== undefined && factor.active_since === null && (
        <p className={styles["notice"]}>
          Withdrawals need two-factor authentication. <Link to="/settings#two-factor">Activate it in the settings</Link>
        </p>
      )}
      {limits?.held_until != null && (
        <p className={styles["notice"]}>
          After a change of your password or second factor withdrawals wait until {showMoment(limits.held_until)}.
        </p>
      )}
    </>
  );
}
