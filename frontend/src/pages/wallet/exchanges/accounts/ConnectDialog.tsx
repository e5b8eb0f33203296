import { useState, type FormEvent } from "react";
import { Dialog } from "../../../../components/Dialog";
import { Field } from "../../../../components/Field";
import { Empty, Failure, Skeleton } from "../../../../components/States";
import { useSupportedExchanges } from "../data";
import type { Account, Connection, Exchange } from "../types";
import { explainAt } from "../words";
import { ExchangeChoice, type ChosenExchange } from "./ExchangeChoice";
import { KeyFields } from "./KeyFields";
import { endOfDay, isComplete, NO_KEYS, sentKeys } from "./keys";
import { changeAccount, connectAccount, disconnectAccount, testAccount } from "./requests";
import { startSync } from "./startSync";
import { TestReport } from "./TestReport";
import shared from "../../wallet.module.css";

export function ConnectDialog({ onClose }: { onClose: () => void }) {
  const { data: exchanges, error, refetch } = useSupportedExchanges();
  const [connected, setConnected] = useState<{ account: Account; report: Connection } | null>(null);
  if (connected !== null) return <Connected {...connected} onClose={onClose} />;
  return (
    <Dialog title="Connect an account" onClose={onClose}>
      {exchanges === undefined && error === null && <Skeleton rows={6} label="Loading exchanges" />}
      {exchanges === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {exchanges?.length === 0 && <Empty title="No exchange can be connected at the moment" />}
      {exchanges?.[0] !== undefined && (
        <ConnectForm
          exchanges={exchanges}
          first={exchanges[0]}
          onConnected={(account, report) => setConnected({ account, report })}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface Props {
  readonly exchanges: readonly Exchange[];
  readonly first: Exchange;
  readonly onConnected: (account: Account, report: Connection) => void;
  readonly onClose: () => void;
}

/** Stores the account, then tests it. Where the test fails, the account is there, and takes other keys. */
function ConnectForm({ exchanges, first, onConnected, onClose }: Props) {
  const [chosen, setChosen] = useState<ChosenExchange>({ exchange: first, kind: "spot", isSandbox: false });
  const [name, setName] = useState("");
  const [keys, setKeys] = useState(NO_KEYS);
  const [expiry, setExpiry] = useState("");
  const [account, setAccount] = useState<Account | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const { exchange, kind, isSandbox } = chosen;
  const needsPassphrase = exchange.needs_passphrase;
  const site = siteOf(exchange);

  async function connect(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSending(true);
    setProblem(null);
    const secrets = sentKeys(keys, needsPassphrase);
    const details = { name: name.trim(), keys_expire_at: endOfDay(expiry), ...secrets };
    try {
      const stored =
        account === null
          ? await connectAccount({ ...details, exchange: exchange.id, kind, is_sandbox: isSandbox })
          : await changeAccount(account.id, details);
      setAccount(stored);
      const report = await testAccount(stored.id);
      setKeys(NO_KEYS);
      onConnected(stored, report);
    } catch (error) {
      setProblem(explainAt(error, exchange.name));
      setSending(false);
    }
  }

  async function discard(stored: Account): Promise<void> {
    setSending(true);
    try {
      await disconnectAccount(stored.id);
      onClose();
    } catch (error) {
      setProblem(explainAt(error, exchange.name));
      setSending(false);
    }
  }

  return (
    <form
      className={shared["form"]}
      aria-label="Connect an account"
      autoComplete="off"
      onSubmit={(event) => void connect(event)}
    >
      <ExchangeChoice
        exchanges={exchanges}
        chosen={chosen}
        isFixed={account !== null}
        onChange={(next) => {
          if (next.exchange.id !== exchange.id) setKeys(NO_KEYS);
          setChosen(next);
        }}
        onDemoKeys={(demoKeys) => {
          setKeys(demoKeys);
          if (name.trim() === "") setName("Demo");
        }}
      />
      <Field
        label="Name"
        required
        maxLength={60}
        placeholder="What you call it: savings, trading…"
        value={name}
        onText={setName}
      />
      <KeyFields keys={keys} onChange={setKeys} needsPassphrase={needsPassphrase} />
      <p className={shared["calm"]}>
        Give the key the permission to <strong>read</strong>, and no other. It is used to ask for deposit addresses
        alone, never to trade or to withdraw.{" "}
        {site !== undefined && (
          <a href={site} target="_blank" rel="noopener noreferrer">
            To {exchange.name}
          </a>
        )}
      </p>
      <Field
        label="Keys expire on (optional)"
        type="date"
        value={expiry}
        onText={setExpiry}
        hint="You are warned before."
      />
      {problem !== null && (
        <p className={shared["problem"]} role="alert">
          {problem} {account !== null && "The account is stored; correct the keys, or discard it."}
        </p>
      )}
      <div className={shared["buttons"]}>
        {account === null ? (
          <button type="button" className="button" onClick={onClose}>
            Never mind
          </button>
        ) : (
          <>
            <button type="button" className="button" disabled={isSending} onClick={() => void discard(account)}>
              Discard it
            </button>
            <button type="button" className="button" disabled={isSending} onClick={onClose}>
              Keep it as it is
            </button>
          </>
        )}
        <button
          type="submit"
          className="button primary"
          disabled={isSending || name.trim() === "" || !isComplete(keys, needsPassphrase)}
        >
          {isSending ? `Asking ${exchange.name}…` : account === null ? "Connect and test" : "Save and test again"}
        </button>
      </div>
    </form>
  );
}

function siteOf({ links }: Exchange): string | undefined {
  return links["www"]?.startsWith("https://") === true ? links["www"] : undefined;
}

function Connected({ account, report, onClose }: { account: Account; report: Connection; onClose: () => void }) {
  return (
    <Dialog title={`${account.name} is connected`} onClose={onClose}>
      <TestReport report={report} exchange={account.exchange_name} />
      <div className={shared["buttons"]}>
        <button type="button" className="button" onClick={onClose}>
          Done
        </button>
        <button
          type="button"
          className="button primary"
          onClick={() => {
            void startSync([account], "full");
            onClose();
          }}
        >
          Find its addresses
        </button>
      </div>
    </Dialog>
  );
}
