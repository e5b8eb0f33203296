import { useState } from "react";
import { answered, api } from "../../../api/client";
import { explain } from "../../../api/errors";
import { refreshAddresses, useAddressBook, type SavedAddress } from "../../../app/funds";
import { showMoment } from "../../../app/times";
import { useTitle } from "../../../app/useTitle";
import { CopyButton } from "../../../components/CopyButton";
import { Dialog } from "../../../components/Dialog";
import { notify } from "../../../components/notices";
import { Empty, Failure, Skeleton } from "../../../components/States";
import { WalletNav } from "../WalletNav";
import { AddAddress } from "./AddAddress";
import styles from "../wallet.module.css";

export default function AddressesPage() {
  useTitle("Address book");
  const { data: book, error, refetch } = useAddressBook();
  const addresses = book?.items;
  const [isAdding, setAdding] = useState(false);
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Address book</h1>
          <p>Withdrawals go to these addresses only. Each new one waits for 24 hours, except for the first of a new account.</p>
        </div>
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          Add an address
        </button>
      </div>
      <WalletNav />
      <section className="panel" aria-label="Addresses">
        {addresses === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {addresses === undefined && error === null && <Skeleton rows={3} label="Loading addresses" />}
        {addresses?.length === 0 && (
          <Empty title="No addresses yet">Save where you want to withdraw to, and it is ready when you need it.</Empty>
        )}
        {addresses !== undefined && addresses.length > 0 && <Addresses addresses={addresses} />}
      </section>
      {isAdding && <AddAddress coolingOffHours={book?.cooling_off_hours} onClose={() => setAdding(false)} />}
    </div>
  );
}

function Addresses({ addresses }: { addresses: readonly SavedAddress[] }) {
  const [deleting, setDeleting] = useState<SavedAddress | null>(null);
  return (
    <div className="table-scroll">
      <table className="table">
        <caption className="visually-hidden">Saved addresses</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Address</th>
            <th scope="col" className={styles["wide"]}>
              For
            </th>
            <th scope="col">State</th>
            <th scope="col">
              <span className="visually-hidden">Delete</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {addresses.map((address) => (
            <tr key={address.id}>
              <td>{address.label}</td>
              <td>
                <span className={styles["actions"]}>
                  <code className={styles["id"]} title={address.address}>
                    {address.address}
                  </code>
                  <CopyButton text={address.address} label={`Copy the address ${address.label}`} />
                </span>
                {address.tag !== "" && <span className="faint"> Tag {address.tag}</span>}
              </td>
              <td className={`soft ${styles["wide"]}`}>
                {address.networks.map(({ asset, network }) => `${asset} on ${network}`).join(", ")}
              </td>
              <td>
                {address.is_usable ? (
                  <span className="badge good">Ready</span>
                ) : (
                  <>
                    <span className="badge warn">Waiting</span>{" "}
                    <span className="faint">until {showMoment(address.usable_at)}</span>
                  </>
                )}
              </td>
              <td className="number">
                <button
                  type="button"
                  className="button tiny"
                  aria-label={`Delete ${address.label}`}
                  onClick={() => setDeleting(address)}
                >
                  Delete
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {deleting !== null && <Delete address={deleting} onClose={() => setDeleting(null)} />}
    </div>
  );
}

function Delete({ address, onClose }: { address: SavedAddress; onClose: () => void }) {
  const [isSending, setSending] = useState(false);

  async function remove(): Promise<void> {
    setSending(true);
    try {
      await answered(
        api.DELETE("/api/v1/wallet/withdrawal-addresses/{address_id}", {
          params: { path: { address_id: address.id } },
        }),
      );
      notify("plain", "Address deleted", `${address.label} is no longer in your address book.`);
    } catch (error) {
      notify("bad", "The address was not deleted", explain(error));
    }
    refreshAddresses();
    onClose();
  }

  return (
    <Dialog title={`Delete ${address.label}?`} onClose={onClose}>
      <p className="soft">What is on its way there goes on. Saved again, the address waits for 24 hours again.</p>
      <div className={styles["buttons"]}>
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="button danger" disabled={isSending} onClick={() => void remove()}>
          Delete the address
        </button>
      </div>
    </Dialog>
  );
}
