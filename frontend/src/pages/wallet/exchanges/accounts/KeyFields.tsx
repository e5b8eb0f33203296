import { Field } from "../../../../components/Field";
import type { Keys } from "./keys";
import styles from "../exchanges.module.css";

interface Props {
  readonly keys: Keys;
  readonly onChange: (keys: Keys) => void;
  readonly needsPassphrase: boolean;
}

/** Entries for what must not be seen: browsers neither show it nor offer to remember it. */
export function KeyFields({ keys, onChange, needsPassphrase }: Props) {
  const hidden = { type: "password", autoComplete: "new-password", spellCheck: false, maxLength: 4096, required: true };
  return (
    <div className={styles["keys"]}>
      <Field
        {...hidden}
        label="API key"
        value={keys.apiKey}
        onText={(apiKey) => onChange({ ...keys, apiKey })}
      />
      <Field
        {...hidden}
        label="API secret"
        onPaste={(event) => {
          // Entries of one line drop line ends, which a secret in PEM form needs.
          const text = event.clipboardData.getData("text");
          if (!text.trim().includes("\n")) return;
          event.preventDefault();
          onChange({ ...keys, apiSecret: text });
        }}
        value={keys.apiSecret}
        onText={(apiSecret) => onChange({ ...keys, apiSecret })}
      />
      {needsPassphrase && (
        <Field
          {...hidden}
          label="Passphrase"
          value={keys.passphrase}
          onText={(passphrase) => onChange({ ...keys, passphrase })}
          hint="The one you gave as you created the key there."
        />
      )}
      <p className="faint">They are encrypted before they are stored, and never shown again.</p>
    </div>
  );
}
