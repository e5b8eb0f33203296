import { useRef, useState } from "react";
import { answered, api } from "../../api/client";
import { explain } from "../../api/errors";
import { showPrice, showQuantity, showValue } from "../../app/amounts";
import { refreshHistory } from "../../app/queries";
import { showMoment } from "../../app/times";
import { notify } from "../../components/notices";
import { decimal, multiply, thousandths } from "../../money/decimal";
import type { Market, Order } from "../../streams/frames";
import { remainingOf } from "../../streams/orderEvents";
import { AmendRow } from "./AmendRow";
import { isAmendable, takesAmendments } from "./amending";
import type { Listed } from "./pairs";
import styles from "./tables.module.css";
import { amountWords, distanceWords, extraWords, MarketName, SideName, triggerWords, TYPE_WORDS } from "./words";

interface Props {
  readonly order: Order;
  readonly market: Market;
  readonly place: Listed["place"];
}

export function OpenOrderRow({ order, market, place }: Props) {
  const [isCancelling, setCancelling] = useState(false);
  const [isAmending, setAmending] = useState(false);
  const amendButton = useRef<HTMLButtonElement>(null);
  const filled = decimal(order.filled_quantity);
  const remaining = remainingOf(order);
  const amount = amountWords(order, market);
  const trigger = triggerWords(order, market);
  const distance = distanceWords(order);
  const price = order.price === null ? "Market" : showPrice(market, order.price);
  const isPair = order.other_leg_id !== null;
  const unit = order.quantity === null ? "" : ` ${market.base}`;
  const condition = order.is_waiting && trigger !== null ? ` once the price is ${trigger}` : "";
  const name = `${order.side === "BUY" ? "buy" : "sell"} ${amount}${unit} at ${price === "Market" ? "market" : price}${condition}`;
  const extras = extraWords(order);
  const isClosed = !takesAmendments(market);

  async function cancel(): Promise<void> {
    setCancelling(true);
    try {
      const path = { order_id: order.id };
      const answer = await answered(api.DELETE("/api/v1/orders/{order_id}", { params: { path } }));
      const left = remaining === null ? amount : `${showQuantity(market, remaining)} ${market.base}`;
      const what = `${order.symbol.replace("-", "/")}: ${left}`;
      const title = isPair ? "Both orders cancelled" : "Order cancelled";
      if (answer.status === "CANCELLED") notify("plain", title, `${what} taken back.`);
      else notify("plain", "Cancel accepted", `${what}: the market will take it back in a moment.`);
    } catch (error) {
      notify("bad", "The order was not cancelled", explain(error));
      setCancelling(false);
    }
    refreshHistory();
  }

  function endAmending(): void {
    setAmending(false);
    amendButton.current?.focus();
  }

  return (
    <>
      <tr data-pair={place ?? undefined}>
        <td>
          <MarketName symbol={order.symbol} />
          <span className={`${styles["under"]} ${styles["narrow"]}`}>
            <SideName side={order.side} /> {TYPE_WORDS[order.type]}
          </span>
        </td>
        <td className={styles["extra"]}>
          <SideName side={order.side} />
        </td>
        <td className={styles["extra"]}>
          {TYPE_WORDS[order.type]}
          {order.is_waiting && <span className={`badge warn ${styles["mark"]}`}>Waits</span>}
          {isPair && (
            <span
              className={`badge accent ${styles["mark"]}`}
              title="The first of the two that acts cancels the other."
            >
              OCO
            </span>
          )}
          {extras !== "" && <span className={styles["under"]}>{extras}</span>}
        </td>
        <td className="number">
          {order.price === null ? <span className="faint">Market</span> : price}
          {order.is_waiting && trigger !== null && (
            <span className={`${styles["under"]} ${styles["narrow"]}`}>once {trigger}</span>
          )}
        </td>
        <td className={`number ${styles["extra"]}`}>
          {trigger ?? <span className="faint">–</span>}
          {distance !== null && <span className={styles["under"]}>{distance} away</span>}
        </td>
        <td className="number">
          {amount}
          {order.visible_quantity !== null && (
            <span className={styles["under"]}>{showQuantity(market, order.visible_quantity)} shown</span>
          )}
        </td>
        <td className={`number ${styles["extra"]}`}>
          <span className={styles["spacious"]}>{showQuantity(market, filled)} </span>
          {order.quantity !== null && (
            <span className="faint">{(thousandths(filled, decimal(order.quantity)) / 10n).toString()} %</span>
          )}
        </td>
        <td className={`number ${styles["extra"]} ${styles["spacious"]}`}>
          {order.price === null || remaining === null
            ? "–"
            : `${showValue(market, multiply(decimal(order.price), remaining))} ${market.quote}`}
        </td>
        <td className={`soft ${styles["extra"]} ${styles["spacious"]}`}>{showMoment(order.created_at)}</td>
        <td className="number">
          <span className={styles["actions"]}>
            {isAmendable(order) && (
              <button
                ref={amendButton}
                type="button"
                className="button tiny"
                disabled={isCancelling || (isClosed && !isAmending)}
                title={isClosed ? "The market takes no amendments at the moment." : undefined}
                aria-expanded={isAmending}
                aria-label={`Amend order: ${name}`}
                onClick={() => setAmending(!isAmending)}
              >
                Amend
              </button>
            )}
            <button
              type="button"
              className="button tiny"
              disabled={isCancelling}
              aria-label={`Cancel ${isPair ? "both orders" : "order"}: ${name}`}
              onClick={() => void cancel()}
            >
              <span>
                {isCancelling ? "Cancelling…" : "Cancel"}
                {isPair && !isCancelling && <span className={styles["extra"]}> both</span>}
              </span>
            </button>
          </span>
        </td>
      </tr>
      {isAmending && <AmendRow order={order} market={market} onEnd={endAmending} />}
    </>
  );
}
