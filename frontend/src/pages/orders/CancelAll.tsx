import { useState } from "react";
import { answered, api } from "../../api/client";
import { explain } from "../../api/errors";
import { useOpenOrders } from "../../app/account";
import { refreshHistory } from "../../app/queries";
import { Dialog } from "../../components/Dialog";
import { notify } from "../../components/notices";
import type { Order } from "../../streams/frames";
import styles from "./tables.module.css";

type Side = Order["side"];

/** Cancels the open orders of a market or of all, of a side or of both, after asking. Nothing where there is none. */
export function CancelAll({ symbol }: { symbol?: string | undefined }) {
  const { orders } = useOpenOrders(symbol);
  const [isAsking, setAsking] = useState(false);
  if (orders === undefined || (orders.length === 0 && !isAsking)) return null;
  return (
    <>
      <button type="button" className="button tiny" onClick={() => setAsking(true)}>
        Cancel all
      </button>
      {isAsking && <Question symbol={symbol} onEnd={() => setAsking(false)} />}
    </>
  );
}

function Question({ symbol: listed, onEnd }: { symbol: string | undefined; onEnd: () => void }) {
  const { orders = [] } = useOpenOrders();
  const [symbol, setSymbol] = useState(listed);
  const [side, setSide] = useState<Side>();
  const [isCancelling, setCancelling] = useState(false);
  const symbols = [
    ...new Set([...orders.map((order) => order.symbol), ...(listed === undefined ? [] : [listed])]),
  ].sort();
  const meant = orders.filter(
    (order) => (symbol === undefined || order.symbol === symbol) && (side === undefined || order.side === side),
  );
  const what = words(meant.length);

  async function cancelAll(): Promise<void> {
    setCancelling(true);
    try {
      const query = { ...(symbol === undefined ? {} : { symbol }), ...(side === undefined ? {} : { side }) };
      const answer = await answered(api.DELETE("/api/v1/orders", { params: { query } }));
      const markets = "markets" in answer ? answer.markets : [answer];
      const isDone = markets.every(({ cancelled }) => cancelled !== null);
      const count = markets.reduce((sum, { cancelled }) => sum + (cancelled?.length ?? 0), 0);
      if (isDone) notify("plain", "Orders cancelled", `${words(count)} taken back.`);
      else notify("plain", "Cancel accepted", "The market will take the orders back in a moment.");
    } catch (error) {
      notify("bad", "Not every order was cancelled", explain(error));
    }
    refreshHistory();
    onEnd();
  }

  return (
    <Dialog title="Cancel open orders" onClose={onEnd}>
      <div className={styles["scope"]}>
        <label>
          Market
          <select
            className="select"
            value={symbol ?? ""}
            onChange={({ target }) => setSymbol(target.value || undefined)}
          >
            <option value="">All markets</option>
            {symbols.map((each) => (
              <option key={each} value={each}>
                {each.replace("-", "/")}
              </option>
            ))}
          </select>
        </label>
        <label>
          Side
          <select
            className="select"
            value={side ?? ""}
            onChange={({ target }) =>
              setSide(target.value === "BUY" || target.value === "SELL" ? target.value : undefined)
            }
          >
            <option value="">Both sides</option>
            <option value="BUY">Buy</option>
            <option value="SELL">Sell</option>
          </select>
        </label>
      </div>
      <p className="soft" role="status">
        {meant.length === 0
          ? "There is no such order."
          : `This takes back ${what}, waiting ones included. What has traded stays traded; the rest is available again.`}
      </p>
      <div className={styles["buttons"]}>
        <button type="button" className="button" onClick={onEnd}>
          Keep them
        </button>
        <button
          type="button"
          className="button danger"
          disabled={isCancelling || meant.length === 0}
          onClick={() => void cancelAll()}
        >
          {isCancelling ? "Cancelling…" : `Cancel ${what}`}
        </button>
      </div>
    </Dialog>
  );
}

function words(count: number): string {
  return count === 1 ? "1 open order" : `${count.toString()} open orders`;
}
