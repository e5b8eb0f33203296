import { priceDecimals, showPrice } from "../../app/amounts";
import { Field } from "../../components/Field";
import { decimal, format, type Decimal } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import type { Draft } from "./draft";
import { KINDS, triggersRising } from "./kinds";
import { firstTrailingTrigger } from "./prices";
import type { Problems } from "./problems";
import styles from "./OrderForm.module.css";

interface Props {
  readonly draft: Draft;
  readonly market: Market;
  /** The best price of the other side; null while there is none. */
  readonly best: Decimal | null;
  readonly bestText: string | null;
  readonly problems: Problems;
  readonly onChange: (part: Partial<Draft>) => void;
}

/** The prices that the kind of order names, in the order in which they come to matter. */
export function PriceEntries({ draft, market, best, bestText, problems, onChange }: Props) {
  const { hasPrice, hasTrigger } = KINDS[draft.kind];
  const isPair = draft.kind === "OCO";
  const shared = { isNumber: true, suffix: market.quote } as const;
  const price = hasPrice && (
    <div className={styles["priced"]}>
      <Field
        {...shared}
        label={hasTrigger && !isPair ? "Limit price" : "Price"}
        placeholder={best === null ? "" : format(best, { decimals: priceDecimals(market) })}
        value={draft.price}
        error={problems.price}
        onText={(text) => onChange({ price: text })}
      />
      {bestText !== null && !isPair && (
        <button type="button" className={styles["best"]} onClick={() => onChange({ price: bestText })}>
          {draft.side === "BUY" ? "Best ask" : "Best bid"}
        </button>
      )}
    </div>
  );
  return (
    <>
      {isPair && price}
      {hasTrigger && (
        <Field
          {...shared}
          label="Trigger price"
          placeholder={triggerHint(draft, market)}
          value={draft.trigger}
          error={problems.trigger}
          onText={(trigger) => onChange({ trigger })}
        />
      )}
      {!isPair && price}
      {isPair && (
        <Field
          {...shared}
          label="Stop limit price (optional)"
          placeholder="At the best prices"
          value={draft.stopPrice}
          error={problems.stopPrice}
          onText={(stopPrice) => onChange({ stopPrice })}
        />
      )}
      {draft.kind === "TRAILING_STOP" && (
        <Field
          isNumber
          label="Distance"
          placeholder="1.5"
          suffix="%"
          value={draft.trailing}
          error={problems.trailing}
          hint={trailingHint(draft, market)}
          onText={(trailing) => onChange({ trailing })}
        />
      )}
    </>
  );
}

function triggerHint(draft: Draft, market: Market): string {
  if (market.last_price === null) return "";
  const where = triggersRising(draft.kind, draft.side) ? "Above" : "Below";
  return `${where} ${showPrice(market, decimal(market.last_price))}`;
}

function trailingHint(draft: Draft, market: Market): string | null {
  const trigger = firstTrailingTrigger(draft, market);
  return trigger === null ? null : `The trigger begins at ${showPrice(market, trigger)} ${market.quote}.`;
}
