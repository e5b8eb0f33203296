import type { ReactNode } from "react";
import type { Withdrawal } from "../../../app/funds";
import { decimal, format } from "../../../money/decimal";
import styles from "../wallet.module.css";

interface Props {
  withdrawal: Withdrawal;
  /** Class of the amount that arrives. */
  emphasis?: string | undefined;
  /** Behind the network's name. */
  progress?: string;
  /** Further terms and their descriptions. */
  children?: ReactNode;
}

/** What a withdrawal moves, and where to. */
export function Terms({ withdrawal, emphasis, progress = "", children }: Props) {
  const { asset, amount, fee, address, tag, network } = withdrawal;
  return (
    <dl className={styles["facts"]}>
      <dt>Arrives</dt>
      <dd className={emphasis}>
        {format(decimal(amount))} {asset}
      </dd>
      <dt>Fee</dt>
      <dd>
        {format(decimal(fee))} {asset}
      </dd>
      <dt>To</dt>
      <dd>
        <code>{address}</code>
      </dd>
      {tag !== "" && (
        <>
          <dt>Tag</dt>
          <dd>
            <code>{tag}</code>
          </dd>
        </>
      )}
      <dt>Network</dt>
      <dd>
        {network}
        {progress}
      </dd>
      {children}
    </dl>
  );
}
