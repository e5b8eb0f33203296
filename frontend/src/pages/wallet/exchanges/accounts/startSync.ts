import { answered, api } from "../../../../api/client";
import { ApiError, explain } from "../../../../api/errors";
import { notify } from "../../../../components/notices";
import { refreshExchanges } from "../data";
import type { Account } from "../types";
import { explainAt } from "../words";

/** Ask for a sync of these accounts; how it goes is told on the private stream. */
export async function startSync(accounts: readonly Account[], type: "full" | "incremental"): Promise<void> {
  const [first] = accounts;
  if (first === undefined) return;
  try {
    await answered(
      api.POST("/api/v1/wallet/addresses/sync", { body: { account_ids: accounts.map(({ id }) => id), type } }),
    );
  } catch (error) {
    // Another one, begun by itself, is as good.
    const isUnderWay = error instanceof ApiError && error.code === "SYNC_RUNNING";
    const why = accounts.length === 1 ? explainAt(error, first.exchange_name) : explain(error);
    if (!isUnderWay) notify("bad", "The sync was not started", why);
  }
  refreshExchanges();
}
