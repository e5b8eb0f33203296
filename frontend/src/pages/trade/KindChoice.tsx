import { Segmented } from "../../components/Segmented";
import type { Market } from "../../streams/frames";
import type { Draft } from "./draft";
import { explanation, FIRST_KINDS, FURTHER_KINDS, KINDS, type Kind } from "./kinds";
import { isKindClosed } from "./marketPhase";
import styles from "./OrderForm.module.css";

const FIRST_FURTHER: Kind = "STOP_LIMIT";

interface Props {
  readonly draft: Draft;
  readonly market: Market;
  readonly onChange: (kind: Kind) => void;
}

/** Which kind of order: the plain ones in sight, all others in a list; and what the chosen one does. */
export function KindChoice({ draft, market, onChange }: Props) {
  const isFurther = FURTHER_KINDS.some(({ kinds }) => kinds.includes(draft.kind));
  const choices = [
    ...FIRST_KINDS.map((kind) => ({ value: kind, label: KINDS[kind].label, isDisabled: isKindClosed(kind, market) })),
    { value: "FURTHER" as const, label: "More types" },
  ];
  return (
    <div className={styles["kind"]}>
      <Segmented
        label="Order type"
        choices={choices}
        value={isFurther ? "FURTHER" : draft.kind === "MARKET" ? "MARKET" : "LIMIT"}
        onChange={(value) => onChange(value === "FURTHER" ? FIRST_FURTHER : value)}
      />
      {isFurther && (
        <label>
          <span className="visually-hidden">Further order type</span>
          <select
            className="select"
            value={draft.kind}
            onChange={({ target }) => {
              const kind = FURTHER_KINDS.flatMap(({ kinds }) => kinds).find((each) => each === target.value);
              if (kind !== undefined) onChange(kind);
            }}
          >
            {FURTHER_KINDS.map(({ group, kinds }) => (
              <optgroup key={group} label={group}>
                {kinds.map((kind) => (
                  <option key={kind} value={kind} disabled={isKindClosed(kind, market)}>
                    {KINDS[kind].label}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </label>
      )}
      <p className={styles["explanation"]}>{explanation(draft.kind, draft.side, market)}</p>
    </div>
  );
}
