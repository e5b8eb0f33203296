import { useState } from "react";
import { Icon } from "../../../../components/Icon";
import { notify } from "../../../../components/notices";
import { Failure, Skeleton } from "../../../../components/States";
import { showMoment } from "../../../../app/times";
import { compared } from "../addressing";
import { useChangedAddresses, useExchangeAddress } from "../data";
import type { Account, Address } from "../types";
import { explainAt } from "../words";
import { changeAddress } from "./requests";
import shared from "../../wallet.module.css";
import styles from "../exchanges.module.css";

/** Addresses that came in place of others, above everything else until somebody has compared them. */
export function ChangedAddresses({ accounts }: { accounts: readonly Account[] }) {
  const { data: changed } = useChangedAddresses();
  if (changed === undefined || changed.length === 0) return null;
  return (
    <section className={styles["changed"]} aria-label="Changed addresses">
      <h2>
        <Icon name="warning" />
        {changed.length === 1 ? "An address has changed" : `${changed.length} addresses have changed`}
      </h2>
      <p>
        Exchanges rarely change addresses, and thieves do. Send nothing to the new one before you have compared it with
        what the exchange shows on its own page.
      </p>
      {changed.map((address) => (
        <Changed
          key={address.id}
          address={address}
          exchange={accounts.find(({ id }) => id === address.account_id)?.exchange_name ?? address.exchange}
        />
      ))}
    </section>
  );
}

function Changed({ address, exchange }: { address: Address; exchange: string }) {
  const before = useExchangeAddress(address.replaces);
  const [hasCompared, setCompared] = useState(false);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const name = `${address.currency} on ${address.network}`;

  async function decide(changes: { confirm: true } | { listing: "blocked" }, done: string): Promise<void> {
    setSending(true);
    setProblem(null);
    try {
      await changeAddress(address.id, changes);
      notify("good", done, `${name}, ${exchange}.`);
    } catch (error) {
      setProblem(explainAt(error, exchange));
    }
    setSending(false);
  }

  return (
    <article className={styles["case"]} aria-label={`${name} at ${exchange}`}>
      <h3>
        {name} <span className="faint">{exchange} · {address.account_name}</span>
      </h3>
      {before.data === undefined && before.isFetching && <Skeleton rows={2} label="Loading the old address" />}
      {before.data === undefined && before.error !== null && (
        <Failure error={before.error} onRetry={() => void before.refetch()} />
      )}
      <Sides before={before.data} address={address} />
      {address.is_blocked && <p className={shared["problem"]}>The new address is blocked.</p>}
      {problem !== null && (
        <p className={shared["problem"]} role="alert">
          {problem}
        </p>
      )}
      <div className={styles["decision"]}>
        <label className="check">
          <input type="checkbox" checked={hasCompared} onChange={({ target }) => setCompared(target.checked)} />
          I have compared it with the page of {exchange}
        </label>
        <span className="fill" />
        {!address.is_blocked && (
          <button
            type="button"
            className="button"
            disabled={isSending}
            onClick={() => void decide({ listing: "blocked" }, "Address blocked")}
          >
            It is not mine: block it
          </button>
        )}
        <button
          type="button"
          className="button primary"
          disabled={isSending || !hasCompared}
          onClick={() => void decide({ confirm: true }, "New address confirmed")}
        >
          Confirm the new address
        </button>
      </div>
    </article>
  );
}

function Sides({ before, address }: { before: Address | undefined; address: Address }) {
  const difference = compared(before?.address ?? "", address.address);
  return (
    <div className={styles["sides"]}>
      {before !== undefined && (
        <div>
          <span className="faint">
            Before{before.last_verified_at !== null && `, last seen ${showMoment(before.last_verified_at)}`}
          </span>
          <code>
            {difference.start}
            <del>{difference.before}</del>
            {difference.end}
          </code>
          <Tag text={before.tag} isOther={before.tag !== address.tag} />
        </div>
      )}
      <div>
        <span className="faint">Now, since {showMoment(address.first_seen_at)}</span>
        <code>
          {before === undefined ? (
            address.address
          ) : (
            <>
              {difference.start}
              <ins>{difference.after}</ins>
              {difference.end}
            </>
          )}
        </code>
        <Tag text={address.tag} isOther={before !== undefined && before.tag !== address.tag} />
      </div>
    </div>
  );
}

function Tag({ text, isOther }: { text: string; isOther: boolean }) {
  if (text === "" && !isOther) return null;
  const shown = text === "" ? "none" : text;
  return <span className="soft">Tag: {isOther ? <mark>{shown}</mark> : shown}</span>;
}
