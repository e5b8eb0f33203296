import { answered, api } from "../../../api/client";
import { refreshFunds, useWithdrawalLimits, type Withdrawal } from "../../../app/funds";
import { notify } from "../../../components/notices";
import { SecondFactorDialog } from "../../../components/SecondFactorDialog";
import { Terms } from "./Terms";
import { standingOf } from "./withdrawalWords";
import styles from "../wallet.module.css";

/** What is about to leave, once more in full, and the code that lets it. */
export function ConfirmWithdrawal({ withdrawal, onClose }: { withdrawal: Withdrawal; onClose: () => void }) {
  const { id } = withdrawal;
  const { data: limits } = useWithdrawalLimits();

  async function confirm(code: string, email_code: string): Promise<void> {
    const confirmed = await answered(
      api.POST("/api/v1/wallet/withdrawals/{withdrawal_id}/verify", {
        params: { path: { withdrawal_id: id } },
        body: { code, email_code },
      }),
    ).finally(refreshFunds);
    onClose();
    const { text } = standingOf(confirmed);
    if (confirmed.state === "REJECTED") notify("bad", "The withdrawal was not accepted", text);
    else notify("good", "Withdrawal confirmed", text);
  }

  return (
    <SecondFactorDialog
      title="Confirm the withdrawal"
      action="Confirm"
      subject={{ withdrawal_id: id }}
      needsEmailCode={limits?.needs_email_code}
      onCode={confirm}
      onClose={onClose}
    >
      <Terms withdrawal={withdrawal} emphasis={styles["total"]} />
    </SecondFactorDialog>
  );
}
