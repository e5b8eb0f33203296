import { useState } from "react";
import { untilAnswered } from "../../../api/attempts";
import { answered, api } from "../../../api/client";
import { explain } from "../../../api/errors";
import { newRequestId } from "../../../api/requestId";
import { showHolding } from "../../../app/amounts";
import { refreshFunds } from "../../../app/funds";
import { notify } from "../../../components/notices";
import styles from "../wallet.module.css";

/** Play money of the demo: it comes over the simulated chain, as from anywhere else. */
export function Faucet({ asset }: { asset: string }) {
  const [isSending, setSending] = useState(false);

  async function pour(): Promise<void> {
    const request_id = newRequestId();
    setSending(true);
    try {
      const gift = await untilAnswered(() =>
        answered(api.POST("/api/v1/wallet/faucet", { body: { asset, request_id } })),
      );
      notify(
        "good",
        `${showHolding(gift.amount)} ${gift.asset} on its way`,
        "Below you see how the network confirms it.",
      );
      refreshFunds();
    } catch (error) {
      notify("bad", "The faucet gave nothing", explain(error));
    }
    setSending(false);
  }

  return (
    <div className={`${styles["calm"]} ${styles["offer"]}`}>
      <span>This is a demo: have play money sent to this address.</span>
      <button type="button" className="button primary" disabled={isSending} onClick={() => void pour()}>
        {isSending ? "One moment…" : `Get ${asset} from the faucet`}
      </button>
    </div>
  );
}
