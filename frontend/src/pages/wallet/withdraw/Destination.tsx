import type { SavedAddress, WithdrawalFee } from "../../../app/funds";
import { showMoment } from "../../../app/times";
import { Field } from "../../../components/Field";
import { NEW_ADDRESS, type Draft } from "./draft";
import styles from "../wallet.module.css";

interface Props {
  readonly terms: WithdrawalFee;
  /** Of the address book, those this network sends to. */
  readonly addresses: readonly SavedAddress[];
  /** How long an address waits that is saved now. */
  readonly coolingOffHours: number;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

/** To a saved address, or to a new one, which then waits. */
export function Destination({ terms, addresses, coolingOffHours, draft, onChange }: Props) {
  const saved = addresses.find((address) => address.id === draft.destination);
  return (
    <>
      {addresses.length > 0 && (
        <label className={styles["label"]}>
          To
          <select
            className={`select ${styles["select"]}`}
            value={draft.destination}
            onChange={(event) => onChange({ ...draft, destination: event.target.value })}
          >
            {addresses.map((address) => (
              <option key={address.id} value={address.id}>
                {address.label === address.address ? address.address : `${address.label} · ${address.address}`}
                {address.is_usable ? "" : " (not yet usable)"}
              </option>
            ))}
            <option value={NEW_ADDRESS}>A new address…</option>
          </select>
        </label>
      )}
      {saved !== undefined && !saved.is_usable && (
        <p className={styles["notice"]}>
          This address is new. It can be used from {showMoment(saved.usable_at)}: time for you to notice if somebody
          else had added it.
        </p>
      )}
      {draft.destination === NEW_ADDRESS && (
        <fieldset className={styles["fieldset"]}>
          <legend>New address</legend>
          <Field
            label={`${terms.asset} address`}
            value={draft.address}
            onText={(address) => onChange({ ...draft, address })}
            autoComplete="off"
            spellCheck={false}
            maxLength={128}
          />
          {terms.needs_tag && (
            <Field
              label="Tag or memo"
              value={draft.tag}
              onText={(tag) => onChange({ ...draft, tag })}
              autoComplete="off"
              spellCheck={false}
              maxLength={64}
              hint="The recipient names it beside the address. Without it the money goes astray."
            />
          )}
          <Field
            label="Name in your address book"
            value={draft.label}
            onText={(label) => onChange({ ...draft, label })}
            maxLength={60}
            hint={
              coolingOffHours === 0
                ? "The first address of a new account can be used at once. Later ones wait for 24 hours."
                : `It is saved now and can be used in ${coolingOffHours} hours, so that nobody empties an account in a hurry.`
            }
          />
        </fieldset>
      )}
    </>
  );
}
