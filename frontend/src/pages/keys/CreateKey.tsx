import { useState, type FormEvent } from "react";
import { answered, api } from "../../api/client";
import { explain } from "../../api/errors";
import type { Schemas } from "../../app/queries";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import styles from "./ApiKeysPage.module.css";

type Scope = Schemas["ScopesEnum"];

const SCOPES: readonly { scope: Scope; meaning: string }[] = [
  { scope: "read", meaning: "See balances, orders and trades" },
  { scope: "trade", meaning: "Place and cancel orders" },
  { scope: "withdraw", meaning: "Move money out" },
];

interface Props {
  readonly onClose: () => void;
  readonly onCreated: (key: Schemas["NewApiKey"]) => void;
}

export function CreateKey({ onClose, onCreated }: Props) {
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [addresses, setAddresses] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSending(true);
    setProblem(null);
    const ip_ranges = addresses.split(/[\s,]+/).filter((range) => range !== "");
    try {
      onCreated(
        await answered(api.POST("/api/v1/api-keys", { body: { label: label.trim(), scopes: [...scopes], ip_ranges } })),
      );
    } catch (error) {
      setProblem(explain(error));
      setSending(false);
    }
  }

  return (
    <Dialog title="Create an API key" onClose={onClose}>
      <form className={styles["form"]} aria-label="Create an API key" onSubmit={(event) => void create(event)}>
        {problem !== null && (
          <p className={styles["problem"]} role="alert">
            {problem}
          </p>
        )}
        <Field label="Label" required maxLength={60} placeholder="What it is for" value={label} onText={setLabel} />
        <fieldset className={styles["fieldset"]}>
          <legend>Scopes</legend>
          {SCOPES.map(({ scope, meaning }) => (
            <label key={scope} className="check">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((chosen) => chosen !== scope))
                }
              />
              <span>
                <strong>{scope}</strong> <span className="faint">{meaning}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field
          label="Only from these addresses"
          placeholder="203.0.113.0/24"
          hint="Ranges or single addresses, with commas between them. Empty means from anywhere."
          value={addresses}
          onText={setAddresses}
        />
        <div className={styles["buttons"]}>
          <button type="button" className="button" onClick={onClose}>
            Never mind
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={isSending || scopes.length === 0 || label.trim() === ""}
          >
            Create key
          </button>
        </div>
      </form>
    </Dialog>
  );
}
