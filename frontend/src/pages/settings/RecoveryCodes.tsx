import { useState } from "react";
import { CopyButton } from "../../components/CopyButton";
import { Dialog } from "../../components/Dialog";
import styles from "./TwoFactor.module.css";

const HALF = 5;

/** The one time that recovery codes are shown. */
export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const [isStored, setStored] = useState(false);
  const readable = codes.map((code) => `${code.slice(0, HALF)} ${code.slice(HALF)}`);
  const text = readable.join("\n");
  const file = `Recovery codes of Bourse. Each works once, in place of a code of the app.\n\n${text}\n`;
  return (
    <Dialog title="Your recovery codes" onClose={onClose} isSticky>
      <p className={styles["notice"]}>
        They are shown this once. Each works once, when your phone is not at hand. Keep them where the phone is not.
      </p>
      <ul className={styles["codes"]} aria-label="Recovery codes">
        {readable.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={styles["keyButtons"]}>
        <CopyButton text={text} label="Copy the codes" />
        <a
          className="button tiny"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
          download="bourse-recovery-codes.txt"
        >
          Download
        </a>
      </div>
      <label className="check">
        <input type="checkbox" checked={isStored} onChange={(event) => setStored(event.target.checked)} />I have stored
        the codes
      </label>
      <div className={styles["buttons"]}>
        <button type="button" className="button primary" disabled={!isStored} onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  );
}
