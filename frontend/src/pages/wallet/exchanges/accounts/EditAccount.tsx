import { useState, type FormEvent } from "react";
import { Dialog } from "../../../../components/Dialog";
import { Field } from "../../../../components/Field";
import { notify } from "../../../../components/notices";
import { useSupportedExchanges } from "../data";
import type { Account, Connection } from "../types";
import { explainAt } from "../words";
import { KeyFields } from "./KeyFields";
import { dayOf, endOfDay, isComplete, NO_KEYS, sentKeys } from "./keys";
import { changeAccount, testAccount } from "./requests";
import { TestReport } from "./TestReport";
import shared from "../../wallet.module.css";

/** Its name, its keys, until when they are good, and whether it is used at all. */
export function EditAccount({ account, onClose }: { account: Account; onClose: () => void }) {
  const { data: exchanges } = useSupportedExchanges();
  const needsPassphrase = exchanges?.find(({ id }) => id === account.exchange)?.needs_passphrase ?? false;
  const isRefused = account.sync_status === "blocked";
  const [name, setName] = useState(account.name);
  const [isActive, setActive] = useState(account.is_active);
  const [expiry, setExpiry] = useState(isRefused ? "" : dayOf(account.keys_expire_at));
  const [keys, setKeys] = useState(NO_KEYS);
  const [givesKeys, setGivesKeys] = useState(isRefused);
  const [report, setReport] = useState<Connection | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const exchange = account.exchange_name;
  const hasNewExpiry = givesKeys || expiry !== dayOf(account.keys_expire_at);

  /** Until when the old keys were good says nothing about new ones. */
  function askForKeys(isWanted: boolean): void {
    setGivesKeys(isWanted);
    setKeys(NO_KEYS);
    setExpiry(isWanted ? "" : dayOf(account.keys_expire_at));
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSending(true);
    setProblem(null);
    try {
      const saved = await changeAccount(account.id, {
        name: name.trim(),
        ...(isActive === account.is_active ? {} : { is_active: isActive }),
        ...(hasNewExpiry ? { keys_expire_at: endOfDay(expiry) } : {}),
        ...(givesKeys ? sentKeys(keys, needsPassphrase) : {}),
      });
      if (givesKeys) {
        setReport(await testAccount(account.id));
        setKeys(NO_KEYS);
      } else {
        notify("good", "Account saved", saved.is_active ? "" : `${saved.name} is not synced until you switch it on.`);
        onClose();
      }
    } catch (error) {
      setProblem(explainAt(error, exchange));
    }
    setSending(false);
  }

  if (report !== null) {
    return (
      <Dialog title={`New keys for ${account.name}`} onClose={onClose}>
        <TestReport report={report} exchange={exchange} />
        <div className={shared["buttons"]}>
          <button type="button" className="button primary" onClick={onClose}>
            Done
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={`Edit ${account.name}`} onClose={onClose}>
      <form
        className={shared["form"]}
        aria-label="Edit the account"
        autoComplete="off"
        onSubmit={(event) => void save(event)}
      >
        <Field label="Name" required maxLength={60} value={name} onText={setName} />
        <Field
          label="Keys expire on (optional)"
          type="date"
          value={expiry}
          onText={setExpiry}
          hint="You are warned before."
        />
        <label className="check">
          <input type="checkbox" checked={isActive} onChange={({ target }) => setActive(target.checked)} />
          <span>
            In use <span className="faint">Switched off, it is not synced; its addresses stay in the list</span>
          </span>
        </label>
        <label className="check">
          <input type="checkbox" checked={givesKeys} onChange={({ target }) => askForKeys(target.checked)} />
          <span>
            Give it new keys <span className="faint">In place of {account.key_hint}</span>
          </span>
        </label>
        {givesKeys && <KeyFields keys={keys} onChange={setKeys} needsPassphrase={needsPassphrase} />}
        {problem !== null && (
          <p className={shared["problem"]} role="alert">
            {problem}
          </p>
        )}
        <div className={shared["buttons"]}>
          <button type="button" className="button" onClick={onClose}>
            Never mind
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={isSending || name.trim() === "" || (givesKeys && !isComplete(keys, needsPassphrase))}
          >
            {isSending ? "One moment…" : givesKeys ? "Save and test" : "Save"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
