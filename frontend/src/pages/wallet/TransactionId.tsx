import { CopyButton } from "../../components/CopyButton";
import styles from "./wallet.module.css";

/** The network's name for a transaction: too long to read, short enough to copy. */
export function TransactionId({ id }: { id: string }) {
  if (id === "") return <span className="faint">–</span>;
  return (
    <span className={styles["actions"]}>
      <code className={styles["id"]} title={id}>
        {id}
      </code>
      <CopyButton text={id} label="Copy the transaction id" />
    </span>
  );
}
