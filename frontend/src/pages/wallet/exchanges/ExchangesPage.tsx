import { useState } from "react";
import { useTitle } from "../../../app/useTitle";
import { WalletNav } from "../WalletNav";
import { Accounts } from "./accounts/Accounts";
import { ConnectDialog } from "./accounts/ConnectDialog";
import { Addresses } from "./addresses/Addresses";
import { ChangedAddresses } from "./addresses/ChangedAddresses";
import { useExchangeAccounts, useLiveExchanges } from "./data";

/** Deposit addresses at other exchanges, and the accounts that they are fetched with. */
export default function ExchangesPage() {
  useTitle("Exchanges");
  useLiveExchanges();
  const accounts = useExchangeAccounts();
  const [isConnecting, setConnecting] = useState(false);
  const hasAccounts = accounts.data !== undefined && accounts.data.length > 0;
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Other exchanges</h1>
          <p>Your deposit addresses at other exchanges, in one place and in sync. Keys that may only read are enough.</p>
        </div>
        <button type="button" className="button primary" onClick={() => setConnecting(true)}>
          Connect an account
        </button>
      </div>
      <WalletNav />
      {hasAccounts && <ChangedAddresses accounts={accounts.data} />}
      <Accounts query={accounts} onConnect={() => setConnecting(true)} />
      {hasAccounts && <Addresses accounts={accounts.data} />}
      {isConnecting && <ConnectDialog onClose={() => setConnecting(false)} />}
    </div>
  );
}
