import { useEffect, useEffectEvent, useId, useState } from "react";
import { Choice } from "../../../../components/Choice";
import type { AddressFilter } from "../data";
import type { Account, Address } from "../types";
import styles from "../exchanges.module.css";

const TYPING_MS = 300;
const LONGEST = 100;
const STATUSES = [
  { value: "current", label: "Current" },
  { value: "changed", label: "Changed" },
  { value: "replaced", label: "Replaced" },
  { value: "gone", label: "No longer there" },
];

interface Props {
  readonly filter: AddressFilter;
  readonly onChange: (filter: AddressFilter) => void;
  readonly accounts: readonly Account[];
  /** What is shown, for suggestions. */
  readonly rows: readonly Address[] | undefined;
}

export function Filters({ filter, onChange, accounts, rows }: Props) {
  const exchanges = new Map(accounts.map((account) => [account.exchange, account.exchange_name]));
  return (
    <div className={styles["filters"]} role="group" aria-label="Filters">
      <Typed
        label="Search"
        placeholder="Address, tag or label"
        value={filter.search}
        onChange={(search) => onChange({ ...filter, search })}
        isWide
      />
      <Typed
        label="Currency"
        placeholder="Currency"
        value={filter.currency}
        suggestions={known(rows, "currency")}
        onChange={(currency) => onChange({ ...filter, currency })}
      />
      <Typed
        label="Network"
        placeholder="Network"
        value={filter.network}
        suggestions={known(rows, "network")}
        onChange={(network) => onChange({ ...filter, network })}
      />
      {exchanges.size > 1 && (
        <Choice
          label="Exchange"
          all="All exchanges"
          options={[...exchanges].map(([value, label]) => ({ value, label }))}
          value={filter.exchange}
          onChange={(exchange) => onChange({ ...filter, exchange })}
        />
      )}
      {accounts.length > exchanges.size && (
        <Choice
          label="Account"
          all="All accounts"
          options={accounts.map(({ id, name, exchange_name }) => ({ value: id, label: `${name} · ${exchange_name}` }))}
          value={filter.account_id}
          onChange={(account_id) => onChange({ ...filter, account_id })}
        />
      )}
      <Choice
        label="State"
        all="Every state"
        options={STATUSES}
        value={filter.status}
        onChange={(status) => onChange({ ...filter, status: status as AddressFilter["status"] })}
      />
    </div>
  );
}

function known(rows: readonly Address[] | undefined, name: "currency" | "network"): readonly string[] {
  return [...new Set((rows ?? []).map((row) => row[name]))].sort();
}

interface TypedProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  readonly suggestions?: readonly string[];
  readonly isWide?: boolean;
}

/** Asks for what was typed once the typing pauses. */
function Typed({ label, placeholder, value, onChange, suggestions = [], isWide = false }: TypedProps) {
  const list = useId();
  const [text, setText] = useState(value ?? "");
  const wanted = namedIn(suggestions, text.trim());
  const tell = useEffectEvent(onChange);

  useEffect(() => {
    if (wanted === value) return;
    const timer = setTimeout(() => tell(wanted), TYPING_MS);
    return () => clearTimeout(timer);
  }, [wanted, value]);

  return (
    <label className={isWide ? styles["search"] : styles["typed"]}>
      <span className="visually-hidden">{label}</span>
      <input
        type={isWide ? "search" : "text"}
        className="input"
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        maxLength={LONGEST}
        list={suggestions.length > 0 ? list : undefined}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {suggestions.length > 0 && (
        <datalist id={list}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </label>
  );
}

/** What was typed, written as where it is known; undefined for nothing. */
function namedIn(suggestions: readonly string[], typed: string): string | undefined {
  if (typed === "") return undefined;
  return suggestions.find((suggestion) => suggestion.toLowerCase() === typed.toLowerCase()) ?? typed;
}
