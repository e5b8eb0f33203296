import { useState, type FormEvent } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { untilAnswered } from "../../../api/attempts";
import { answered, api } from "../../../api/client";
import { ApiError } from "../../../api/errors";
import { newRequestId } from "../../../api/requestId";
import { available, useBalances } from "../../../app/account";
import { showHolding } from "../../../app/amounts";
import { refreshFunds, useAssets, useWithdrawalLimits } from "../../../app/funds";
import { refreshHistory, useSession } from "../../../app/queries";
import { useTitle } from "../../../app/useTitle";
import { Field } from "../../../components/Field";
import { notify } from "../../../components/notices";
import { SecondFactorDialog } from "../../../components/SecondFactorDialog";
import { Failure, Skeleton } from "../../../components/States";
import { compare, format, parse, sign, toText, type Decimal } from "../../../money/decimal";
import { AssetChoice } from "../AssetChoice";
import { WalletNav } from "../WalletNav";
import { TransferList } from "./TransferList";
import styles from "../wallet.module.css";

export default function TransferPage() {
  useTitle("Transfer");
  const assets = useAssets();
  const { asset: wanted } = useParams();
  const navigate = useNavigate();
  const asset = assets.data?.find((candidate) => candidate.asset === wanted) ?? assets.data?.[0];
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Transfer</h1>
          <p>To another user of this exchange: at once, and without a fee.</p>
        </div>
      </div>
      <WalletNav />
      <section className="panel" aria-label="New transfer">
        {assets.data === undefined && assets.error !== null && (
          <Failure error={assets.error} onRetry={() => void assets.refetch()} />
        )}
        {assets.data === undefined && assets.error === null && <Skeleton rows={5} />}
        {assets.data !== undefined && asset !== undefined && (
          <div className={styles["card"]}>
            <AssetChoice
              assets={assets.data}
              value={asset.asset}
              onChange={(chosen) => void navigate(`/wallet/transfer/${chosen}`, { replace: true })}
            />
            <TransferForm key={asset.asset} asset={asset.asset} />
          </div>
        )}
      </section>
      <TransferList />
    </div>
  );
}

function problemOf(text: string, amount: Decimal | null, asset: string, free: Decimal | undefined): string | null {
  if (text.trim() === "") return null;
  if (amount === null || sign(amount) <= 0) return "Enter an amount such as 0.25.";
  if (free !== undefined && compare(amount, free) > 0) return `You have ${format(free)} ${asset} available.`;
  return null;
}

function TransferForm({ asset }: { asset: string }) {
  const { balances } = useBalances();
  const { data: user } = useSession();
  const free = available(balances, asset);
  const [text, setText] = useState("");
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  const [isAsking, setAsking] = useState(false);
  // A code by e-mail is for one transfer: asked again about the same one, it is still good.
  const [requestId, setRequestId] = useState(newRequestId);
  const { data: limits } = useWithdrawalLimits();
  const amount = parse(text.trim().replace(",", "."));
  const wrong = problemOf(text, amount, asset, free);
  const recipient = to.trim();
  const isSelf = recipient !== "" && recipient === user?.username;
  const isReady = amount !== null && wrong === null && text !== "" && recipient !== "" && !isSelf;

  function ask(event: FormEvent): void {
    event.preventDefault();
    if (isReady) setAsking(true);
  }

  /** What is entered is another transfer from now on. */
  function changing(set: (entered: string) => void): (entered: string) => void {
    return (entered) => {
      set(entered);
      setRequestId(newRequestId());
    };
  }

  /** What was refused for more than a code stays refused under its key; a later try is another transfer. */
  function renewed(error: unknown): never {
    if (error instanceof ApiError && !/^(SECOND_FACTOR|EMAIL_CODE)_/.test(error.code)) setRequestId(newRequestId());
    throw error;
  }

  async function send(sum: Decimal, code: string, email_code: string): Promise<void> {
    const codes = email_code === "" ? { code } : { code, email_code };
    const body = { asset, amount: toText(sum), to: recipient, note: note.trim(), request_id: requestId, ...codes };
    const done = await untilAnswered(() => answered(api.POST("/api/v1/wallet/transfers", { body }))).catch(renewed);
    setAsking(false);
    setRequestId(newRequestId());
    setText("");
    setTo("");
    setNote("");
    notify(
      "good",
      done.is_done ? "Transfer done" : "Transfer accepted",
      `${format(sum)} ${asset} to ${done.to}${done.is_done ? "." : ", in a moment."}`,
    );
    refreshFunds();
    refreshHistory();
  }

  return (
    <>
      <form className={styles["form"]} aria-label="Transfer" onSubmit={ask}>
        <Field
          label="To the user"
          value={to}
          onText={changing(setTo)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={40}
          error={isSelf ? "That is you." : null}
          hint="The user name, exactly as it is written. A transfer cannot be taken back."
        />
        <div className={styles["withMax"]}>
          <Field
            label="Amount"
            isNumber
            suffix={asset}
            value={text}
            onText={changing(setText)}
            error={wrong}
            hint={free === undefined ? undefined : `${showHolding(free)} ${asset} available`}
          />
          <button
            type="button"
            className="button"
            disabled={free === undefined || sign(free) === 0}
            onClick={() => free !== undefined && changing(setText)(toText(free))}
          >
            Max
          </button>
        </div>
        <Field
          label="Note (optional)"
          value={note}
          onText={changing(setNote)}
          maxLength={140}
          autoComplete="off"
          hint="The recipient is told it as the transfer arrives."
        />
        <button type="submit" className="button primary large" disabled={!isReady}>
          Transfer {asset}
        </button>
        <p className="faint">
          To an address outside? <Link to={`/wallet/withdraw/${asset}`}>Withdraw instead</Link>
        </p>
      </form>
      {isAsking && amount !== null && (
        <SecondFactorDialog
          title="Confirm the transfer"
          action="Transfer"
          subject={{ transfer_request_id: requestId }}
          needsEmailCode={limits?.needs_email_code}
          onCode={(code, emailCode) => send(amount, code, emailCode)}
          onClose={() => setAsking(false)}
        >
          <strong>
            {format(amount)} {asset}
          </strong>{" "}
          to <strong>{recipient}</strong>. It arrives at once and cannot be taken back.
        </SecondFactorDialog>
      )}
    </>
  );
}
