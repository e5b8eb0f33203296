import { useState } from "react";
import { explain } from "../../../../api/errors";
import { Dialog } from "../../../../components/Dialog";
import { notify } from "../../../../components/notices";
import { changeAddresses, type BulkAction } from "./requests";
import type { Selection } from "./useSelection";
import shared from "../../wallet.module.css";
import styles from "../exchanges.module.css";

const ACTIONS: readonly { action: BulkAction; label: string; done: string }[] = [
  { action: "allow", label: "Allow", done: "allowed" },
  { action: "block", label: "Block", done: "blocked" },
  { action: "unlist", label: "Off the lists", done: "taken off the lists" },
  { action: "activate", label: "Switch on", done: "switched on" },
  { action: "deactivate", label: "Switch off", done: "switched off" },
];

/** What can be done with all that are ticked, at once. */
export function BulkBar({ selection }: { selection: Selection }) {
  const [isSending, setSending] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const { ids } = selection;

  async function act(action: BulkAction, done: string): Promise<void> {
    setSending(true);
    try {
      const results = await changeAddresses(action, ids);
      const refused = results.filter(({ ok }) => !ok);
      const made = results.length - refused.length;
      const title = `${made === 1 ? "1 address" : `${made} addresses`} ${done}`;
      if (refused.length === 0) notify("good", title);
      else notify("bad", `${title}, ${refused.length} not`, reasons(refused.map(({ error }) => error?.message ?? "")));
      // Those that were refused stay ticked.
      selection.clear();
      selection.set(
        refused.flatMap(({ id }) => (id === null ? [] : [id])),
        true,
      );
    } catch (error) {
      notify("bad", "Nothing was changed", explain(error));
    }
    setSending(false);
    setDeleting(false);
  }

  return (
    <div className={styles["bulk"]} role="group" aria-label="Chosen addresses">
      <strong role="status">{ids.length} chosen</strong>
      {ACTIONS.map(({ action, label, done }) => (
        <button
          key={action}
          type="button"
          className="button tiny"
          disabled={isSending}
          onClick={() => void act(action, done)}
        >
          {label}
        </button>
      ))}
      <button type="button" className="button tiny" disabled={isSending} onClick={() => setDeleting(true)}>
        Delete
      </button>
      <span className="fill" />
      <button type="button" className="button quiet tiny" onClick={selection.clear}>
        Choose none
      </button>
      {isDeleting && (
        <Dialog
          title={`Delete ${ids.length === 1 ? "this address" : `these ${ids.length} addresses`}?`}
          onClose={() => setDeleting(false)}
        >
          <p className="soft">They leave your list. What an exchange still shows comes back with its next sync.</p>
          <div className={shared["buttons"]}>
            <button type="button" className="button" onClick={() => setDeleting(false)}>
              Keep them
            </button>
            <button
              type="button"
              className="button danger"
              disabled={isSending}
              onClick={() => void act("delete", "deleted")}
            >
              Delete
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function reasons(messages: readonly string[]): string {
  return [...new Set(messages)].join(" ");
}
