import { useState } from "react";
import { answered, api } from "../../api/client";
import { explain } from "../../api/errors";
import { queryClient, useTradingPreferences } from "../../app/queries";
import { notify } from "../../components/notices";
import { Failure, Skeleton } from "../../components/States";
import { preventionOf, PREVENTIONS } from "../trade/selfTradePrevention";
import styles from "./SettingsPage.module.css";

/** What holds for orders that do not say it themselves. */
export function TradingPreferences() {
  const { data, error, refetch } = useTradingPreferences();
  const [isSending, setSending] = useState(false);

  async function choose(value: string): Promise<void> {
    const mode = preventionOf(value);
    if (mode === null) return;
    setSending(true);
    try {
      const body = { self_trade_prevention: mode };
      queryClient.setQueryData(["trading-preferences"], await answered(api.PATCH("/api/v1/account/trading", { body })));
      notify("good", "Saved", "It holds for orders from now on.");
    } catch (failure) {
      notify("bad", "Not saved", explain(failure));
    }
    setSending(false);
  }

  return (
    <section className={`panel ${styles["section"]}`} aria-label="Trading">
      <h2>Trading</h2>
      {data === undefined ? (
        error === null ? (
          <Skeleton rows={2} />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div className={styles["narrow"]}>
          <label className={styles["choice"]}>
            If an order meets another one of yours
            <select
              className="select"
              disabled={isSending}
              value={data.self_trade_prevention}
              onChange={({ target }) => void choose(target.value)}
            >
              {Object.entries(PREVENTIONS).map(([mode, { label }]) => (
                <option key={mode} value={mode}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <p className="faint">
            {PREVENTIONS[data.self_trade_prevention].what} Each order can say otherwise for itself.
          </p>
        </div>
      )}
    </section>
  );
}
