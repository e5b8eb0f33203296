import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { config } from "../../../app/config";
import { useAssets, useDepositAddresses } from "../../../app/funds";
import { useTitle } from "../../../app/useTitle";
import { Empty, Failure, Skeleton } from "../../../components/States";
import { AssetChoice } from "../AssetChoice";
import { NetworkChoice } from "../NetworkChoice";
import { WalletNav } from "../WalletNav";
import { ClaimForm } from "./ClaimForm";
import { DepositList } from "./DepositList";
import { DepositTarget } from "./DepositTarget";
import { Faucet } from "./Faucet";
import styles from "../wallet.module.css";

export default function DepositPage() {
  useTitle("Deposit");
  const assets = useAssets();
  const offered = assets.data?.filter((asset) => asset.networks.some((network) => network.deposits === "ENABLED"));
  const { asset: wanted } = useParams();
  const asset = offered?.find((candidate) => candidate.asset === wanted) ?? offered?.[0];
  const navigate = useNavigate();
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Deposit</h1>
          <p>Send to your own address here; it is credited once the network has confirmed it often enough.</p>
        </div>
      </div>
      <WalletNav />
      <section className="panel" aria-label="New deposit">
        {offered === undefined && assets.error !== null && (
          <Failure error={assets.error} onRetry={() => void assets.refetch()} />
        )}
        {offered === undefined && assets.error === null && <Skeleton rows={6} label="Loading assets" />}
        {offered?.length === 0 && (
          <Empty title="No deposits at the moment">The exchange takes none over any network. Look again later.</Empty>
        )}
        {offered !== undefined && asset !== undefined && (
          <div className={styles["card"]}>
            {wanted !== undefined && asset.asset !== wanted && (
              <p className={styles["notice"]}>Deposits of {wanted} are not taken at the moment.</p>
            )}
            <AssetChoice
              assets={offered}
              value={asset.asset}
              onChange={(chosen) => void navigate(`/wallet/deposit/${chosen}`, { replace: true })}
            />
            <Places key={asset.asset} asset={asset.asset} />
          </div>
        )}
      </section>
      <DepositList />
    </div>
  );
}

/** The networks of an asset, and where to send it over the chosen one. */
function Places({ asset }: { asset: string }) {
  const { data: places, error, refetch } = useDepositAddresses(asset);
  const [network, setNetwork] = useState("");
  if (places === undefined) {
    return error === null ? (
      <Skeleton rows={5} label="Loading your address" />
    ) : (
      <Failure error={error} onRetry={() => void refetch()} />
    );
  }
  const place = places.find((candidate) => candidate.network === network) ?? places[0];
  if (place === undefined) return <Empty title={`Deposits of ${asset} are not taken at the moment`} />;
  return (
    <>
      <NetworkChoice
        networks={places.map((candidate) => candidate.network)}
        value={place.network}
        onChange={setNetwork}
      />
      <DepositTarget key={place.network} place={place} onRetry={() => void refetch()} />
      {place.needs_claim && <ClaimForm asset={asset} network={place.network} />}
      {config.demo && place.kind === "simulated_chain" && <Faucet asset={asset} />}
    </>
  );
}
