import { useState } from "react";
import type { Schemas } from "../../app/queries";
import { CopyButton } from "../../components/CopyButton";
import { Dialog } from "../../components/Dialog";
import styles from "./ApiKeysPage.module.css";

/** The one time that a secret is shown. */
export function NewSecret({ created, onClose }: { created: Schemas["NewApiKey"]; onClose: () => void }) {
  const [isStored, setStored] = useState(false);
  return (
    <Dialog title="Your new key" onClose={onClose} isSticky>
      <p className={styles["notice"]}>The secret is shown this once. Put it where only your program can read it.</p>
      <dl className={styles["secret"]}>
        <div>
          <dt>Key</dt>
          <dd>
            <code>{created.key}</code>
            <CopyButton text={created.key} label="Copy the key" />
          </dd>
        </div>
        <div>
          <dt>Secret</dt>
          <dd>
            <code>{created.secret}</code>
            <CopyButton text={created.secret} label="Copy the secret" />
          </dd>
        </div>
      </dl>
      <label className="check">
        <input type="checkbox" checked={isStored} onChange={(event) => setStored(event.target.checked)} />I have stored
        the secret
      </label>
      <div className={styles["buttons"]}>
        <button type="button" className="button primary" disabled={!isStored} onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  );
}
