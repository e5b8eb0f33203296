import { useState, type FormEvent } from "react";
import { answered, api } from "../../../api/client";
import { explain } from "../../../api/errors";
import { refreshAddresses, useWithdrawalFees } from "../../../app/funds";
import { showMoment } from "../../../app/times";
import { Dialog } from "../../../components/Dialog";
import { Field } from "../../../components/Field";
import { notify } from "../../../components/notices";
import { Skeleton } from "../../../components/States";
import styles from "../wallet.module.css";

interface Props {
  /** How long the address will wait; not known while the book is being read. */
  readonly coolingOffHours: number | undefined;
  readonly onClose: () => void;
}

export function AddAddress({ coolingOffHours = 24, onClose }: Props) {
  const { data: networks } = useWithdrawalFees();
  const [chosen, setChosen] = useState(0);
  const [entries, setEntries] = useState({ label: "", address: "", tag: "", beneficiary: "" });
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const terms = networks?.[chosen];

  function entry(name: keyof typeof entries): { value: string; onText: (text: string) => void } {
    return { value: entries[name], onText: (text) => setEntries({ ...entries, [name]: text }) };
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (terms === undefined) return;
    setSending(true);
    setProblem(null);
    const name = entries.beneficiary.trim();
    try {
      const saved = await answered(
        api.POST("/api/v1/wallet/withdrawal-addresses", {
          body: {
            asset: terms.asset,
            network: terms.network,
            label: entries.label.trim(),
            address: entries.address.trim(),
            tag: entries.tag.trim(),
            ...(name === "" ? {} : { beneficiary: { name, is_self: false } }),
          },
        }),
      );
      notify(
        "good",
        "Address saved",
        saved.is_usable ? "You can use it now." : `It can be used from ${showMoment(saved.usable_at)}.`,
      );
      refreshAddresses();
      onClose();
    } catch (error) {
      setProblem(explain(error));
    }
    setSending(false);
  }

  return (
    <Dialog title="Add an address" onClose={onClose}>
      {networks === undefined && <Skeleton rows={4} />}
      {networks?.length === 0 && <p className="soft">The exchange sends over no network at the moment.</p>}
      {networks !== undefined && terms !== undefined && (
        <form className={styles["form"]} aria-label="Add an address" onSubmit={(event) => void save(event)}>
          <label className={styles["label"]}>
            Asset and network
            <select
              className={`select ${styles["select"]}`}
              value={chosen}
              onChange={(event) => setChosen(event.target.selectedIndex)}
            >
              {networks.map(({ asset, network }, index) => (
                <option key={`${asset} ${network}`} value={index}>
                  {asset} on {network}
                </option>
              ))}
            </select>
          </label>
          <Field label="Address" required maxLength={128} autoComplete="off" spellCheck={false} {...entry("address")} />
          {terms.needs_tag && (
            <Field label="Tag or memo" maxLength={64} autoComplete="off" spellCheck={false} {...entry("tag")} />
          )}
          <Field label="Name" maxLength={60} autoComplete="off" hint="What you call it." {...entry("label")} />
          <Field
            label="Whose it is (optional)"
            maxLength={140}
            autoComplete="off"
            hint="The full name, if it is not your own address."
            {...entry("beneficiary")}
          />
          <p className={styles["calm"]}>
            {coolingOffHours === 0
              ? "The first address of a new account can be used at once. Later ones wait for 24 hours."
              : `It can be used in ${coolingOffHours} hours. If somebody else had added it, that is your time to notice the mail.`}
          </p>
          {problem !== null && (
            <p className={styles["problem"]} role="alert">
              {problem}
            </p>
          )}
          <div className={styles["buttons"]}>
            <button type="button" className="button" onClick={onClose}>
              Never mind
            </button>
            <button
              type="submit"
              className="button primary"
              disabled={isSending || entries.address.trim() === ""}
            >
              Save the address
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
