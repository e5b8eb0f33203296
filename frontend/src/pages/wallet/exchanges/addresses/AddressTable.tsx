import { CopyButton } from "../../../../components/CopyButton";
import { Icon } from "../../../../components/Icon";
import { showMoment } from "../../../../app/times";
import { groupsOf, type AddressGroup } from "../addressing";
import type { Account, Address } from "../types";
import { addressStanding, canBeUsed } from "../words";
import type { Selection } from "./useSelection";
import styles from "../exchanges.module.css";

interface Props {
  readonly addresses: readonly Address[];
  readonly accounts: readonly Account[];
  readonly selection: Selection;
  readonly onOpen: (address: Address) => void;
}

export function AddressTable({ addresses, accounts, selection, onOpen }: Props) {
  const names = new Map(accounts.map(({ exchange, exchange_name }) => [exchange, exchange_name]));
  return (
    <div className="table-scroll">
      <table className={`table ${styles["table"]}`}>
        <caption className="visually-hidden">Deposit addresses by currency and network</caption>
        <thead>
          <tr>
            <th scope="col">
              <Tick ids={addresses.map(({ id }) => id)} selection={selection} label="Choose all that are shown" />
            </th>
            <th scope="col">Address</th>
            <th scope="col" className={styles["wide"]}>
              Exchange
            </th>
            <th scope="col" className={styles["wider"]}>
              Label
            </th>
            <th scope="col" className={styles["wide"]}>
              State
            </th>
            <th scope="col" className={styles["wider"]}>
              Last seen there
            </th>
            <th scope="col">
              <span className="visually-hidden">Show</span>
            </th>
          </tr>
        </thead>
        {groupsOf(addresses).map((group) => (
          <Group key={group.key} group={group} names={names} selection={selection} onOpen={onOpen} />
        ))}
      </table>
    </div>
  );
}

interface GroupProps extends Pick<Props, "selection" | "onOpen"> {
  readonly group: AddressGroup;
  readonly names: ReadonlyMap<string, string>;
}

function Group({ group: { currency, network, addresses }, names, selection, onOpen }: GroupProps) {
  const name = `${currency} on ${network}`;
  return (
    <tbody aria-label={name}>
      <tr className={styles["group"]}>
        <td>
          <Tick ids={addresses.map(({ id }) => id)} selection={selection} label={`Choose ${name}`} />
        </td>
        <th scope="rowgroup" colSpan={6}>
          <strong>{currency}</strong> <span className={`badge ${styles["network"]}`}>{network}</span>{" "}
          <span className={styles["only"]}>
            Send only {currency}, only over the {network} network
          </span>
        </th>
      </tr>
      {addresses.map((address) => (
        <Row
          key={address.id}
          address={address}
          exchange={names.get(address.exchange) ?? address.exchange}
          selection={selection}
          onOpen={onOpen}
        />
      ))}
    </tbody>
  );
}

interface RowProps extends Pick<Props, "selection" | "onOpen"> {
  readonly address: Address;
  readonly exchange: string;
}

function Row({ address, exchange, selection, onOpen }: RowProps) {
  const standing = addressStanding(address);
  const isUsable = canBeUsed(address);
  const where = `${exchange} · ${address.account_name}`;
  return (
    <tr data-usable={isUsable && address.is_active}>
      <td>
        <Tick ids={[address.id]} selection={selection} label={`Choose ${address.address}`} />
      </td>
      <td>
        <span className={styles["where"]}>
          <code className={styles["address"]} title={address.address}>
            <Shortened text={address.address} />
          </code>
          {isUsable && <CopyButton text={address.address} label={`Copy the address ${address.address}`} />}
        </span>
        {address.tag !== "" && (
          <span className={styles["tag"]}>
            <Icon name="warning" size={14} />
            Tag <code>{address.tag}</code>
            {isUsable && <CopyButton text={address.tag} label={`Copy the tag ${address.tag}`} />}
          </span>
        )}
        <span className={styles["under"]}>
          {address.label !== "" && <strong>{address.label}</strong>}
          <span className={styles["place"]}>{where}</span>
          <span className={`badge ${standing.tone} ${styles["phone"]}`}>{standing.label}</span>
        </span>
      </td>
      <td className={`soft ${styles["wide"]}`}>
        {exchange}
        <span className={styles["account"]}>{address.account_name}</span>
      </td>
      <td className={styles["wider"]}>{address.label === "" ? <span className="faint">–</span> : address.label}</td>
      <td className={styles["wide"]}>
        <span className={`badge ${standing.tone}`}>{standing.label}</span>
      </td>
      <td className={`soft ${styles["wider"]}`}>
        {address.last_verified_at === null ? <span className="faint">never</span> : showMoment(address.last_verified_at)}
      </td>
      <td className="number">
        <button
          type="button"
          className="button tiny"
          aria-label={`Show ${address.address}`}
          onClick={() => onOpen(address)}
        >
          Show
        </button>
      </td>
    </tr>
  );
}

const TAIL = 6;

/** Its middle gives way where there is too little room: people compare both ends. */
function Shortened({ text }: { text: string }) {
  return (
    <>
      <span>{text.slice(0, -TAIL)}</span>
      <span>{text.slice(-TAIL)}</span>
    </>
  );
}

function Tick({ ids, selection, label }: { ids: readonly string[]; selection: Selection; label: string }) {
  const count = ids.filter(selection.has).length;
  const isAll = count === ids.length && count > 0;
  return (
    <label className="check">
      <input
        type="checkbox"
        aria-label={label}
        checked={isAll}
        ref={(input) => {
          if (input !== null) input.indeterminate = count > 0 && !isAll;
        }}
        onChange={() => selection.set(ids, !isAll)}
      />
    </label>
  );
}
