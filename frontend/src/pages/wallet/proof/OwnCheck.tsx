import { useState } from "react";
import { Link } from "react-router";
import { answered, api } from "../../../api/client";
import { explain } from "../../../api/errors";
import type { LiabilitySnapshot, OwnLeaf, OwnProof } from "../../../app/funds";
import { useIsSignedIn } from "../../../app/queries";
import { showMoment } from "../../../app/times";
import { decimal, format } from "../../../money/decimal";
import { Files } from "./Files";
import { checkCommitment, checkLeaf, ProofInvalid } from "./merkle";
import styles from "../wallet.module.css";

interface Checked {
  readonly leaf: OwnLeaf;
  /** Why the proof does not hold; null where it does. */
  readonly flaw: string | null;
}

interface Outcome {
  readonly proof: OwnProof;
  readonly flaw: string | null;
  readonly leaves: readonly Checked[];
}

/** Runs in the browser: the exchange's word is not taken for anything. */
export function OwnCheck({ snapshot }: { snapshot: LiabilitySnapshot }) {
  const isSignedIn = useIsSignedIn();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isChecking, setChecking] = useState(false);

  async function run(): Promise<void> {
    setChecking(true);
    setProblem(null);
    try {
      setOutcome(await check(snapshot));
    } catch (error) {
      setProblem(explain(error));
    }
    setChecking(false);
  }

  return (
    <section className="panel" aria-label="My balances in the proof">
      <div className={styles["card"]}>
        <h2>Is my balance in it?</h2>
        <p className="soft">
          Your browser fetches your part and calculates the way from it to the published root. What it then calls
          counted is in the published total in full.
        </p>
        {!isSignedIn && (
          <p>
            <Link to="/sign-in" state={{ next: "/proof-of-liabilities" }}>
              Sign in to check yours
            </Link>
          </p>
        )}
        {isSignedIn && crypto.subtle === undefined && (
          <p className={styles["notice"]}>Browsers calculate hashes only on pages that came over HTTPS.</p>
        )}
        {isSignedIn && crypto.subtle !== undefined && (
          <div>
            <button type="button" className="button primary" disabled={isChecking} onClick={() => void run()}>
              {isChecking ? "Checking…" : "Check my balances"}
            </button>
          </div>
        )}
        {problem !== null && (
          <p className={styles["problem"]} role="alert">
            {problem}
          </p>
        )}
        {outcome !== null && (
          <>
            <Result outcome={outcome} />
            {outcome.leaves.length > 0 && <Files snapshot={snapshot} proof={outcome.proof} />}
          </>
        )}
      </div>
    </section>
  );
}

async function check(snapshot: LiabilitySnapshot): Promise<Outcome> {
  const query = { snapshot: snapshot.snapshot };
  const proof = await answered(api.GET("/api/v1/proof-of-liabilities/mine", { params: { query } }));
  const leaves: Checked[] = [];
  for (const leaf of proof.leaves) {
    const published = snapshot.assets.find((asset) => asset.asset === leaf.asset);
    const flaw =
      published === undefined ? "This asset was not published." : await flawOf(() => checkLeaf(leaf, published));
    leaves.push({ leaf, flaw });
  }
  return { proof, flaw: await flawOf(() => checkCommitment(snapshot)), leaves };
}

async function flawOf(run: () => Promise<void>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    if (error instanceof ProofInvalid) return error.message;
    throw error;
  }
}

function Result({ outcome: { proof, flaw, leaves } }: { outcome: Outcome }) {
  const at = showMoment(proof.taken_at);
  return (
    <div className={styles["form"]} role="status" aria-label="Result">
      {flaw !== null && <p className={styles["problem"]}>{flaw} Please tell others, and us.</p>}
      {leaves.length === 0 && (
        <p className={styles["notice"]}>
          No balance of yours is counted. If you owned anything here on {at}, it was left out: please tell others, and
          us.
        </p>
      )}
      {leaves.length > 0 && (
        <dl className={styles["facts"]}>
          {leaves.map(({ leaf, flaw: wrong }) => (
            <Line key={leaf.asset} leaf={leaf} flaw={wrong} />
          ))}
        </dl>
      )}
      {leaves.length > 0 && (
        <p className="soft">
          Compare this with what you owned on {at}. An asset that is not in the list was left out.
        </p>
      )}
    </div>
  );
}

function Line({ leaf, flaw }: { leaf: OwnLeaf; flaw: string | null }) {
  return (
    <>
      <dt>
        {format(decimal(leaf.amount), { least: 2 })} {leaf.asset}
      </dt>
      <dd>
        {flaw === null ? (
          <span className="badge good">Counted</span>
        ) : (
          <>
            <span className="badge bad">Not proven</span> {flaw}
          </>
        )}
      </dd>
    </>
  );
}
