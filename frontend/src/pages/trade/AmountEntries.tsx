import { Field } from "../../components/Field";
import { Segmented } from "../../components/Segmented";
import { decimal, format } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import { canCountQuote, countsBase, type Draft } from "./draft";
import type { Problems } from "./problems";
import styles from "./OrderForm.module.css";

const PERCENTS = [25n, 50n, 75n, 100n] as const;

interface Props {
  readonly draft: Draft;
  readonly market: Market;
  readonly problems: Problems;
  readonly onChange: (part: Partial<Draft>) => void;
  /** Use a part of what is available; null for somebody who has no balances here. */
  readonly onPercent: ((percent: bigint) => void) | null;
  readonly canTakePercent: boolean;
}

/** How much: of which asset, as a number or as a part of what is available, and how much of it is shown. */
export function AmountEntries({ draft, market, problems, onChange, onPercent, canTakePercent }: Props) {
  const least = `At least ${format(decimal(market.min_quantity ?? market.lot_size))}`;
  const isBase = countsBase(draft);
  return (
    <>
      <div className={styles["amount"]}>
        <Field
          label={isBase ? "Quantity" : draft.side === "BUY" ? "Amount to spend" : "Amount to receive"}
          isNumber
          placeholder={isBase ? least : "0"}
          suffix={isBase ? market.base : market.quote}
          value={draft.amount}
          error={problems.amount}
          onText={(amount) => onChange({ amount })}
        />
        {canCountQuote(draft) && (
          <Segmented
            label="Amount in"
            isPlain
            choices={[
              { value: "base", label: market.base },
              { value: "quote", label: market.quote },
            ]}
            value={draft.amountIn}
            onChange={(amountIn) => onChange({ amountIn, amount: "" })}
          />
        )}
      </div>
      {onPercent !== null && (
        <div className={styles["percents"]} role="group" aria-label="Part of what is available">
          {PERCENTS.map((percent) => (
            <button
              key={percent.toString()}
              type="button"
              className="button tiny"
              disabled={!canTakePercent}
              onClick={() => onPercent(percent)}
            >
              {percent.toString()} %
            </button>
          ))}
        </div>
      )}
      {draft.kind === "ICEBERG" && (
        <Field
          label="Shown at a time"
          isNumber
          placeholder={least}
          suffix={market.base}
          value={draft.shown}
          error={problems.shown}
          onText={(shown) => onChange({ shown })}
        />
      )}
    </>
  );
}
