import { useState, type FormEvent } from "react";
import { answered, api } from "../../../api/client";
import { explain } from "../../../api/errors";
import { newRequestId } from "../../../api/requestId";
import { refreshFunds, useClaims } from "../../../app/funds";
import { showMoment } from "../../../app/times";
import { Field } from "../../../components/Field";
import { notify } from "../../../components/notices";
import styles from "../wallet.module.css";

const WORDS = { OPEN: "We look into it", ACCEPTED: "Accepted", REJECTED: "Not accepted" } as const;

/** Where many users share an address, each says which transaction was theirs. */
export function ClaimForm({ asset, network }: { asset: string; network: string }) {
  const [transaction, setTransaction] = useState("");
  const [requestId, setRequestId] = useState(newRequestId);
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const { rows: claims } = useClaims();

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSending(true);
    setProblem(null);
    try {
      await answered(
        api.POST("/api/v1/wallet/deposits/claims", {
          body: { asset, network, external_tx_id: transaction.trim(), note: "", request_id: requestId },
        }),
      );
      notify("plain", "Thank you", "People look into it, and credit it if it is yours.");
      setTransaction("");
      setRequestId(newRequestId());
      refreshFunds();
    } catch (error) {
      setProblem(explain(error));
    }
    setSending(false);
  }

  return (
    <form className={styles["fieldset"]} aria-label="Claim a deposit" onSubmit={(event) => void send(event)}>
      <p className="soft">
        Many people share this address. After you have sent something, name its transaction, so that we know it was you.
      </p>
      {problem !== null && (
        <p className={styles["problem"]} role="alert">
          {problem}
        </p>
      )}
      <Field
        label="Transaction id"
        value={transaction}
        onText={(text) => {
          setTransaction(text);
          setRequestId(newRequestId());
        }}
        autoComplete="off"
        spellCheck={false}
        maxLength={128}
        required
      />
      <div className={styles["buttons"]}>
        <button type="submit" className="button primary" disabled={isSending || transaction.trim() === ""}>
          This was me
        </button>
      </div>
      {claims !== undefined && claims.length > 0 && (
        <ul aria-label="My claims">
          {claims.map((claim) => (
            <li key={claim.id}>
              {showMoment(claim.claimed_at)}: <code>{claim.external_tx_id}</code> – {WORDS[claim.state]}
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}
