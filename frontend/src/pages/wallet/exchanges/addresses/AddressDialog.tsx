import { useState, type FormEvent } from "react";
import { showMoment } from "../../../../app/times";
import { Dialog } from "../../../../components/Dialog";
import { Field } from "../../../../components/Field";
import { notify } from "../../../../components/notices";
import { QrCode } from "../../QrCode";
import type { Account, Address, AddressChange } from "../types";
import { canBeUsed, explainAt, isForbidding, named } from "../words";
import { Copyable } from "./Copyable";
import { changeAddress, deleteAddress, refreshAddress } from "./requests";
import shared from "../../wallet.module.css";
import styles from "../exchanges.module.css";

/** Said in larger letters beside the tag itself. */
const TOLD_BESIDE_TAG = "TAG_NEEDED";

interface Props {
  readonly address: Address;
  readonly accounts: readonly Account[];
  readonly onHistory: () => void;
  readonly onClose: () => void;
}

/** One address: for cameras, for copying, with what to mind; and what can be done with it. */
export function AddressDialog({ address, accounts, onHistory, onClose }: Props) {
  const account = accounts.find(({ id }) => id === address.account_id);
  const exchange = account?.exchange_name ?? address.exchange;
  const { currency, network } = address;
  return (
    <Dialog title={`${currency} on ${network}`} onClose={onClose}>
      {address.warnings
        .filter(({ code }) => code !== TOLD_BESIDE_TAG)
        .map((warning) => (
          <p key={warning.code} className={shared[isForbidding(warning) ? "problem" : "notice"]}>
            {named(warning.message, exchange)}
          </p>
        ))}
      {canBeUsed(address) ? (
        <Target address={address} exchange={exchange} />
      ) : (
        <p className={styles["unusable"]}>
          <code>{address.address}</code>
          {address.tag !== "" && <span className="faint">Tag {address.tag}</span>}
        </p>
      )}
      <dl className={shared["facts"]}>
        <dt>Exchange</dt>
        <dd>
          {exchange} · {address.account_name}
        </dd>
        <dt>Account</dt>
        <dd>{address.type === "futures" ? "Futures" : "Spot"}</dd>
        <dt>Last seen there</dt>
        <dd>{address.last_verified_at === null ? "never" : showMoment(address.last_verified_at)}</dd>
        {address.is_format_checked && (
          <>
            <dt>Form of the address</dt>
            <dd>checked</dd>
          </>
        )}
      </dl>
      <Words address={address} exchange={exchange} />
      <Actions address={address} exchange={exchange} onHistory={onHistory} onClose={onClose} />
    </Dialog>
  );
}

function Target({ address, exchange }: { address: Address; exchange: string }) {
  const { currency, network, tag } = address;
  return (
    <div className={styles["target"]}>
      <QrCode text={address.address} label={`QR code of your ${currency} address at ${exchange}`} />
      <Copyable label={`${currency} address`} text={address.address} />
      <p className={styles["rule"]}>
        Send only <strong>{currency}</strong>, and only over the <strong>{network}</strong> network. Anything else may be lost.
      </p>
      {tag !== "" && (
        <div className={styles["tagged"]}>
          <strong>Do not leave out the tag.</strong>
          <p>Without it {exchange} cannot tell that the deposit is yours, and the money may be lost.</p>
          <Copyable label="Tag or memo" text={tag} />
        </div>
      )}
    </div>
  );
}

/** What the user says of it. */
function Words({ address, exchange }: { address: Address; exchange: string }) {
  const [label, setLabel] = useState(address.label);
  const [description, setDescription] = useState(address.description);
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const isSame = label.trim() === address.label && description.trim() === address.description;

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSending(true);
    setProblem(null);
    try {
      const saved = await changeAddress(address.id, { label: label.trim(), description: description.trim() });
      setLabel(saved.label);
      setDescription(saved.description);
      notify("good", "Saved", "The label stands wherever this address occurs.");
    } catch (error) {
      setProblem(explainAt(error, exchange));
    }
    setSending(false);
  }

  return (
    <form className={shared["form"]} aria-label="Label and note" onSubmit={(event) => void save(event)}>
      <div className={shared["row"]}>
        <Field label="Label" maxLength={60} autoComplete="off" value={label} onText={setLabel} error={problem} />
        <Field label="Note" maxLength={200} autoComplete="off" value={description} onText={setDescription} />
      </div>
      {!isSame && (
        <div className={shared["buttons"]}>
          <button type="submit" className="button primary" disabled={isSending}>
            {isSending ? "One moment…" : "Save"}
          </button>
        </div>
      )}
    </form>
  );
}

interface ActionsProps {
  readonly address: Address;
  readonly exchange: string;
  readonly onHistory: () => void;
  readonly onClose: () => void;
}

function Actions({ address, exchange, onHistory, onClose }: ActionsProps) {
  const [isSending, setSending] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function act(request: () => Promise<unknown>, done: string): Promise<void> {
    setSending(true);
    setProblem(null);
    try {
      await request();
      notify("good", done);
    } catch (error) {
      setProblem(explainAt(error, exchange));
    }
    setSending(false);
  }

  function button(label: string, changes: AddressChange, done: string) {
    return (
      <button
        type="button"
        className="button"
        disabled={isSending}
        onClick={() => void act(() => changeAddress(address.id, changes), done)}
      >
        {label}
      </button>
    );
  }

  return (
    <>
      {problem !== null && (
        <p className={shared["problem"]} role="alert">
          {problem}
        </p>
      )}
      <div className={styles["actions"]} role="group" aria-label="Actions">
        <button
          type="button"
          className="button"
          disabled={isSending}
          onClick={() => void act(() => refreshAddress(address.id), `${exchange} was asked again`)}
        >
          Ask {exchange} again
        </button>
        <button type="button" className="button" onClick={onHistory}>
          History
        </button>
        {address.listing !== "allowed" && button("Allow", { listing: "allowed" }, "Address allowed")}
        {address.listing !== "blocked" && button("Block", { listing: "blocked" }, "Address blocked")}
        {address.listing !== "" && button("Off the lists", { listing: "" }, "Address taken off your lists")}
        {address.status === "current" &&
          (address.is_active
            ? button("Switch off", { is_active: false }, "Address switched off")
            : button("Switch on", { is_active: true }, "Address switched on"))}
        {isDeleting ? (
          <button
            type="button"
            className="button danger"
            disabled={isSending}
            onClick={() => void act(() => deleteAddress(address.id).then(onClose), "Address deleted")}
          >
            Really delete it
          </button>
        ) : (
          <button type="button" className="button" disabled={isSending} onClick={() => setDeleting(true)}>
            Delete
          </button>
        )}
      </div>
    </>
  );
}
