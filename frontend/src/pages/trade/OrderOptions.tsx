import { localMinute } from "../../app/times";
import { Field } from "../../components/Field";
import type { Market } from "../../streams/frames";
import { isPostOnly, mayBePostOnly, timeInForce, type Draft } from "./draft";
import { KINDS, TIMES } from "./kinds";
import { isCollecting } from "./marketPhase";
import type { Problems } from "./problems";
import { preventionOf, PREVENTIONS } from "./selfTradePrevention";
import styles from "./OrderForm.module.css";

const A_DAY_MS = 24 * 60 * 60 * 1000;

interface Props {
  readonly draft: Draft;
  readonly market: Market;
  readonly problems: Problems;
  readonly onChange: (part: Partial<Draft>) => void;
}

/** How long the order stays, whether it may take, and what it does about orders of the same account. */
export function OrderOptions({ draft, market, problems, onChange }: Props) {
  const { times, canBePostOnly } = KINDS[draft.kind];
  const time = timeInForce(draft);

  function changeTime(value: string): void {
    const chosen = times.find((each) => each === value);
    if (chosen === undefined) return;
    const isDated = chosen === "GTD" && draft.goodTill === "";
    onChange({ timeInForce: chosen, ...(isDated ? { goodTill: localMinute(Date.now() + A_DAY_MS) } : {}) });
  }

  return (
    <>
      {times.length > 0 && (
        <div className={styles["options"]}>
          <label>
            <span className="visually-hidden">Time in force</span>
            <select className="select small" value={time} onChange={({ target }) => changeTime(target.value)}>
              {times.map((value) => (
                <option
                  key={value}
                  value={value}
                  disabled={isCollecting(market) && (value === "IOC" || value === "FOK")}
                >
                  {TIMES[value]}
                </option>
              ))}
            </select>
          </label>
          {canBePostOnly && (
            <label
              className="check"
              title="Refuse the order rather than trade at once: it pays the maker’s fee for certain."
            >
              <input
                type="checkbox"
                checked={isPostOnly(draft)}
                disabled={!mayBePostOnly(draft)}
                onChange={(event) => onChange({ isPostOnly: event.target.checked })}
              />
              Post-only
            </label>
          )}
        </div>
      )}
      {time === "GTD" && (
        <Field
          label="Good till"
          type="datetime-local"
          value={draft.goodTill}
          error={problems.goodTill}
          onText={(goodTill) => onChange({ goodTill })}
        />
      )}
      <details className={styles["advanced"]}>
        <summary>Advanced</summary>
        <label>
          If it meets an order of yours
          <select
            className="select"
            value={draft.selfTradePrevention ?? ""}
            onChange={({ target }) => onChange({ selfTradePrevention: preventionOf(target.value) })}
          >
            <option value="">As your account is set</option>
            {Object.entries(PREVENTIONS).map(([mode, { label }]) => (
              <option key={mode} value={mode}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {draft.selfTradePrevention !== null && <p className="faint">{PREVENTIONS[draft.selfTradePrevention].what}</p>}
      </details>
    </>
  );
}
