import { useState } from "react";
import { useProofsOfLiabilities, type LiabilitySnapshot } from "../../../app/funds";
import { useIsSignedIn } from "../../../app/queries";
import { showMoment } from "../../../app/times";
import { useTitle } from "../../../app/useTitle";
import { CopyButton } from "../../../components/CopyButton";
import { Empty, Failure, Skeleton } from "../../../components/States";
import { WalletNav } from "../WalletNav";
import { PublishedFile } from "./Files";
import { Liabilities } from "./Liabilities";
import { OwnCheck } from "./OwnCheck";
import styles from "../wallet.module.css";

export default function ProofPage() {
  useTitle("Proof of liabilities");
  const isSignedIn = useIsSignedIn();
  const { data: snapshots, error, refetch } = useProofsOfLiabilities();
  const [chosen, setChosen] = useState("");
  const snapshot = snapshots?.find((candidate) => candidate.snapshot === chosen) ?? snapshots?.[0];
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Proof of liabilities</h1>
          <p>What we owe to all users together, published every day so that you can check that your part is in it.</p>
        </div>
        {snapshots !== undefined && snapshots.length > 1 && (
          <label>
            <span className="visually-hidden">Published</span>
            <select
              className="select small"
              value={snapshot?.snapshot}
              onChange={(event) => setChosen(event.target.value)}
            >
              {snapshots.map(({ snapshot: id, taken_at }) => (
                <option key={id} value={id}>
                  {showMoment(taken_at)}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {isSignedIn && <WalletNav />}
      {snapshots === undefined && (
        <section className="panel" aria-label="Liabilities">
          {error === null ? <Skeleton rows={6} /> : <Failure error={error} onRetry={() => void refetch()} />}
        </section>
      )}
      {snapshots?.length === 0 && (
        <section className="panel" aria-label="Liabilities">
          <Empty title="Nothing published yet">The first proof is published within a day.</Empty>
        </section>
      )}
      {snapshot !== undefined && (
        <>
          <OwnCheck key={snapshot.snapshot} snapshot={snapshot} />
          <Liabilities snapshot={snapshot} />
          <Commitment snapshot={snapshot} />
        </>
      )}
    </div>
  );
}

function Commitment({ snapshot }: { snapshot: LiabilitySnapshot }) {
  return (
    <section className={`panel ${styles["list"]}`} aria-label="Commitment">
      <div className={styles["card"]}>
        <h2>Commitment</h2>
        <p className="soft">
          One hash binds everything on this page and the state of our books on {showMoment(snapshot.taken_at)}. Keep it,
          or compare it with others: if everybody sees the same one, everybody is counted in the same total.
        </p>
        <div className={styles["long"]}>
          <code>{snapshot.commitment}</code>
          <CopyButton text={snapshot.commitment} label="Copy the commitment" />
        </div>
        <div className={styles["files"]}>
          <PublishedFile snapshot={snapshot} />
        </div>
      </div>
    </section>
  );
}
