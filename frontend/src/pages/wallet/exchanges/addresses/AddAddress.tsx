import { useDeferredValue, useId, useState, type FormEvent } from "react";
import { Dialog } from "../../../../components/Dialog";
import { Field } from "../../../../components/Field";
import { notify } from "../../../../components/notices";
import { Segmented } from "../../../../components/Segmented";
import { Failure } from "../../../../components/States";
import { useCurrencies, useCurrency } from "../data";
import type { Account } from "../types";
import { explainAt } from "../words";
import { addAddress } from "./requests";
import shared from "../../wallet.module.css";

type Source = "exchange" | "hand";

const EMPTY = { currency: "", network: "", address: "", tag: "", label: "" };

/** From the exchange, now; or by hand, where one knows it already. */
export function AddAddress({ accounts, onClose }: { accounts: readonly Account[]; onClose: () => void }) {
  const [accountId, setAccountId] = useState(accounts[0]?.id ?? "");
  const [source, setSource] = useState<Source>("exchange");
  const [entries, setEntries] = useState(EMPTY);
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const account = accounts.find(({ id }) => id === accountId);
  const exchange = account?.exchange_name ?? "";
  const currencies = useCurrencies(account?.exchange);
  const list = useId();
  const code = entries.currency.trim().toUpperCase();
  const lookup = useCurrency(account?.exchange, useDeferredValue(code));
  const listed = currencies.data?.find((candidate) => candidate.code.toUpperCase() === code);
  const currency = listed ?? (lookup.data?.code.toUpperCase() === code ? lookup.data : undefined);
  const isUnknown = currency === undefined && code !== "" && lookup.data === null;
  const networks = currency?.networks.filter(({ can_deposit }) => can_deposit) ?? [];
  const listedNetwork = networks.find((candidate) => candidate.network === entries.network) ?? networks[0];
  // Some exchanges do not tell what networks there are; the user knows which one it is to be.
  const isNetworkTyped = currency?.networks.length === 0;
  const network = isNetworkTyped ? entries.network : (listedNetwork?.network ?? "");
  const needsTag = listedNetwork?.needs_tag === true;

  function entry(name: keyof typeof entries): { value: string; onText: (text: string) => void } {
    return { value: entries[name], onText: (text) => setEntries({ ...entries, [name]: text }) };
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (account === undefined || network.trim() === "" || currency === undefined) return;
    setSending(true);
    setProblem(null);
    try {
      const added = await addAddress({
        account_id: account.id,
        currency: currency.code,
        network: network.trim(),
        label: entries.label.trim(),
        ...(source === "hand" ? { address: entries.address.trim(), tag: entries.tag.trim() } : {}),
      });
      notify("good", "Address added", `${added.currency} on ${added.network}, ${exchange}.`);
      onClose();
    } catch (error) {
      setProblem(explainAt(error, exchange));
      setSending(false);
    }
  }

  return (
    <Dialog title="Add an address" onClose={onClose}>
      <form className={shared["form"]} aria-label="Add an address" onSubmit={(event) => void save(event)}>
        <label className={shared["label"]}>
          Account
          <select
            className={`select ${shared["select"]}`}
            value={accountId}
            onChange={({ target }) => {
              setAccountId(target.value);
              setEntries({ ...entries, network: "" });
            }}
          >
            {accounts.map(({ id, name, exchange_name }) => (
              <option key={id} value={id}>
                {exchange_name} · {name}
              </option>
            ))}
          </select>
        </label>
        {currencies.error !== null && currencies.data === undefined && (
          <Failure error={currencies.error} onRetry={() => void currencies.refetch()} />
        )}
        <div className={shared["row"]}>
          <Field
            label="Currency"
            required
            maxLength={20}
            autoComplete="off"
            spellCheck={false}
            placeholder={currencies.data === undefined ? "Loading…" : "BTC"}
            list={list}
            error={isUnknown ? `${exchange} does not know it.` : null}
            {...entry("currency")}
          />
          <NetworkEntry
            networks={isNetworkTyped ? null : networks.map((candidate) => candidate.network)}
            isKnown={currency !== undefined}
            value={network}
            onChange={entry("network").onText}
          />
        </div>
        <datalist id={list}>
          {currencies.data?.map((candidate) => (
            <option key={candidate.code} value={candidate.code}>
              {candidate.name}
            </option>
          ))}
        </datalist>
        {currencies.data?.length === 0 && (
          <p className={shared["calm"]}>
            It is not known yet what {exchange} takes. The first sync of an account there learns it.
          </p>
        )}
        <Segmented
          label="Where the address comes from"
          choices={[
            { value: "exchange", label: `Ask ${exchange}` },
            { value: "hand", label: "Enter it by hand" },
          ]}
          value={source}
          onChange={setSource}
        />
        {source === "hand" && (
          <>
            <Field label="Address" required maxLength={128} autoComplete="off" spellCheck={false} {...entry("address")} />
            <Field
              label={needsTag ? "Tag or memo" : "Tag or memo (where there is one)"}
              maxLength={64}
              autoComplete="off"
              spellCheck={false}
              required={needsTag}
              hint={needsTag ? "Without it deposits over this network are lost." : undefined}
              {...entry("tag")}
            />
          </>
        )}
        <Field label="Label (optional)" maxLength={60} autoComplete="off" {...entry("label")} />
        {network.trim() !== "" && (
          <p className={shared["notice"]}>
            This address is for <strong>{currency?.code}</strong> over the <strong>{network}</strong> network alone. What is
            sent over another network may be lost.
          </p>
        )}
        {problem !== null && (
          <p className={shared["problem"]} role="alert">
            {problem}
          </p>
        )}
        <div className={shared["buttons"]}>
          <button type="button" className="button" onClick={onClose}>
            Never mind
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={isSending || network.trim() === "" || (source === "hand" && entries.address.trim() === "")}
          >
            {isSending ? "One moment…" : source === "exchange" ? "Ask for the address" : "Save the address"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface NetworkEntryProps {
  /** Those that take deposits; null where the exchange does not tell. */
  readonly networks: readonly string[] | null;
  /** Whether the currency is. */
  readonly isKnown: boolean;
  readonly value: string;
  readonly onChange: (network: string) => void;
}

function NetworkEntry({ networks, isKnown, value, onChange }: NetworkEntryProps) {
  if (networks === null) {
    return (
      <Field
        label="Network"
        required
        maxLength={40}
        autoComplete="off"
        spellCheck={false}
        placeholder="Its name there: TRC20"
        value={value}
        onText={onChange}
      />
    );
  }
  return (
    <label className={shared["label"]}>
      Network
      <select
        className={`select ${shared["select"]}`}
        value={value}
        disabled={networks.length === 0}
        onChange={({ target }) => onChange(target.value)}
      >
        {networks.length === 0 && <option value="">{isKnown ? "None takes deposits" : ""}</option>}
        {networks.map((network) => (
          <option key={network} value={network}>
            {network}
          </option>
        ))}
      </select>
    </label>
  );
}
