import type { Draft, TimeInForce } from "./draft";
import styles from "./OrderForm.module.css";

const TIMES: readonly { value: TimeInForce; label: string }[] = [
  { value: "GTC", label: "Good till cancelled" },
  { value: "IOC", label: "Immediate or cancel" },
  { value: "FOK", label: "Fill or kill" },
];

/** How long a limit order stays, and whether it may take. */
export function LimitOptions({ draft, onChange }: { draft: Draft; onChange: (part: Partial<Draft>) => void }) {
  return (
    <div className={styles["options"]}>
      <label>
        <span className="visually-hidden">Time in force</span>
        <select
          className="select small"
          value={draft.timeInForce}
          onChange={(event) =>
            onChange({ timeInForce: TIMES.find(({ value }) => value === event.target.value)?.value ?? "GTC" })
          }
        >
          {TIMES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="check" title="Refuse the order rather than trade at once: it pays the maker’s fee for certain.">
        <input
          type="checkbox"
          checked={draft.isPostOnly && draft.timeInForce === "GTC"}
          disabled={draft.timeInForce !== "GTC"}
          onChange={(event) => onChange({ isPostOnly: event.target.checked })}
        />
        Post-only
      </label>
    </div>
  );
}
