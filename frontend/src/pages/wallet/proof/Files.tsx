import type { LiabilitySnapshot, OwnProof } from "../../../app/funds";
import { CopyButton } from "../../../components/CopyButton";
import styles from "../wallet.module.css";

/** What the stand-alone verifier takes: what is published, and one's own part of it. */
export function Files({ snapshot, proof }: { snapshot: LiabilitySnapshot; proof: OwnProof }) {
  const own = `mine-${proof.snapshot}.json`;
  const command = `python3 verify_liabilities.py ${publishedName(snapshot)} ${own}`;
  return (
    <>
      <h3>Without this page</h3>
      <p className="soft">
        The exchange’s source has a verifier of one file that needs nothing but Python:{" "}
        <code>verifiers/verify_liabilities.py</code>. Give it both of these, and keep the second one to yourself: it
        says what you own.
      </p>
      <div className={styles["files"]}>
        <PublishedFile snapshot={snapshot} />
        <JsonFile name={own} content={proof} />
      </div>
      <div className={styles["long"]}>
        <code>{command}</code>
        <CopyButton text={command} label="Copy the command" />
      </div>
    </>
  );
}

/** The published proof as a file: exactly what the commitment binds. */
export function PublishedFile({ snapshot }: { snapshot: LiabilitySnapshot }) {
  return <JsonFile name={publishedName(snapshot)} content={snapshot} />;
}

function publishedName({ snapshot }: LiabilitySnapshot): string {
  return `published-${snapshot}.json`;
}

function JsonFile({ name, content }: { name: string; content: object }) {
  const text = JSON.stringify(content, null, 2);
  return (
    <a className="button tiny" href={`data:application/json;charset=utf-8,${encodeURIComponent(text)}`} download={name}>
      Download {name}
    </a>
  );
}
