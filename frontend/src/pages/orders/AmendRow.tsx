import { useState, type FormEvent } from "react";
import { explain } from "../../api/errors";
import { available, useBalances } from "../../app/account";
import { useLastPrice } from "../../app/lastPrice";
import { refreshHistory } from "../../app/queries";
import { Field } from "../../components/Field";
import { notify } from "../../components/notices";
import type { Market, Order } from "../../streams/frames";
import { describe } from "../trade/outcome";
import { amend, effectOf, takesAmendments, termsOf, termsProblems, type Terms } from "./amending";
import styles from "./tables.module.css";

const COLUMNS = 10;

interface Props {
  readonly order: Order;
  readonly market: Market;
  readonly onEnd: () => void;
}

/** Beneath an order: its price and quantity to write anew, and what the change does to it. */
export function AmendRow({ order, market: listed, onEnd }: Props) {
  const market = { ...listed, last_price: useLastPrice(listed).price };
  const [terms, setTerms] = useState<Terms>(() => termsOf(order));
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const { balances } = useBalances();
  const spendable = available(balances, order.side === "BUY" ? market.quote : market.base);
  const problems = termsProblems(order, terms, market, spendable);
  const effect = effectOf(order, terms);
  const hasProblem = problems.price !== undefined || problems.quantity !== undefined;
  const canBeSent = !isSending && !hasProblem && effect !== null && takesAmendments(market);

  function change(part: Partial<Terms>): void {
    setTerms({ ...terms, ...part });
    setRefusal(null);
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!canBeSent) return;
    setSending(true);
    try {
      const changed = await amend(order, terms);
      if (effectOf(changed, terms) === null) notify("good", "Order amended", describe([changed], market).text);
      else notify("plain", "Amendment accepted", "The market will change the order in a moment.");
      refreshHistory();
      onEnd();
    } catch (error) {
      setRefusal(explain(error));
      setSending(false);
    }
  }

  return (
    <tr className={styles["amending"]}>
      <td colSpan={COLUMNS}>
        <form
          className={styles["amend"]}
          aria-label="Amend order"
          noValidate
          onSubmit={(event) => void submit(event)}
          onKeyDown={(event) => {
            if (event.key === "Escape") onEnd();
          }}
        >
          <Field
            label="New price"
            isNumber
            autoFocus
            suffix={market.quote}
            value={terms.price}
            error={problems.price}
            onText={(price) => change({ price })}
          />
          <Field
            label="New quantity"
            isNumber
            suffix={market.base}
            value={terms.quantity}
            error={problems.quantity}
            onText={(quantity) => change({ quantity })}
          />
          <div className={styles["decide"]}>
            <button type="button" className="button" onClick={onEnd}>
              Leave as it is
            </button>
            <button type="submit" className="button primary" disabled={!canBeSent}>
              {isSending ? "Sending…" : "Amend order"}
            </button>
          </div>
          <p className={refusal === null ? "faint" : styles["refusal"]} role={refusal === null ? "status" : "alert"}>
            {refusal ?? effect ?? "Write another price or quantity. What has traded counts as part of the quantity."}
          </p>
        </form>
      </td>
    </tr>
  );
}
