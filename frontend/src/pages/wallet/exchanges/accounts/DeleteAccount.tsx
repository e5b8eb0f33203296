import { useState } from "react";
import { Dialog } from "../../../../components/Dialog";
import { notify } from "../../../../components/notices";
import type { Account } from "../types";
import { explainAt } from "../words";
import { disconnectAccount } from "./requests";
import shared from "../../wallet.module.css";

export function DeleteAccount({ account, onClose }: { account: Account; onClose: () => void }) {
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function remove(): Promise<void> {
    setSending(true);
    setProblem(null);
    try {
      await disconnectAccount(account.id);
      notify("plain", "Account disconnected", `${account.name} is no longer here, and its keys are deleted.`);
      onClose();
    } catch (error) {
      setProblem(explainAt(error, account.exchange_name));
      setSending(false);
    }
  }

  return (
    <Dialog title={`Disconnect ${account.name}?`} onClose={onClose}>
      <p className="soft">
        Its keys are deleted here and its addresses leave your list. At {account.exchange_name} nothing changes: take
        the key back there as well if you no longer need it.
      </p>
      {problem !== null && (
        <p className={shared["problem"]} role="alert">
          {problem}
        </p>
      )}
      <div className={shared["buttons"]}>
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="button danger" disabled={isSending} onClick={() => void remove()}>
          Disconnect the account
        </button>
      </div>
    </Dialog>
  );
}
