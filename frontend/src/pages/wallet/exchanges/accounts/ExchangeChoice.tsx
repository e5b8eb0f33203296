import { Segmented } from "../../../../components/Segmented";
import { useExchangeInfo } from "../data";
import type { Exchange } from "../types";
import { slownessOf } from "../words";
import { demoKeysOf, type Keys } from "./keys";
import shared from "../../wallet.module.css";
import styles from "../exchanges.module.css";

export interface ChosenExchange {
  readonly exchange: Exchange;
  readonly kind: "spot" | "futures";
  readonly isSandbox: boolean;
}

interface Props {
  readonly exchanges: readonly Exchange[];
  readonly chosen: ChosenExchange;
  /** The account is stored: what it is an account of does not change any more. */
  readonly isFixed: boolean;
  readonly onChange: (chosen: ChosenExchange) => void;
  readonly onDemoKeys: (keys: Keys) => void;
}

/** Where, which of the accounts there, and in earnest or not. */
export function ExchangeChoice({ exchanges, chosen, isFixed, onChange, onDemoKeys }: Props) {
  const { exchange, kind, isSandbox } = chosen;
  const { data: info } = useExchangeInfo(exchange.id);
  const demoKeys = demoKeysOf(info?.metadata);
  const slowness = slownessOf(exchange);
  return (
    <>
      <label className={shared["label"]}>
        Exchange
        <select
          className={`select ${shared["select"]}`}
          value={exchange.id}
          disabled={isFixed}
          onChange={({ target }) => {
            const next = exchanges.find(({ id }) => id === target.value);
            if (next !== undefined) onChange({ exchange: next, kind: "spot", isSandbox: false });
          }}
        >
          {exchanges.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {slowness !== "" && <p className="faint">{slowness}</p>}
      {exchange.has_futures && (
        <div className={shared["label"]}>
          <span>Account</span>
          <Segmented
            label="Account"
            choices={[
              { value: "spot", label: "Spot", isDisabled: isFixed },
              { value: "futures", label: "Futures", isDisabled: isFixed },
            ]}
            value={kind}
            onChange={(next) => onChange({ ...chosen, kind: next })}
          />
        </div>
      )}
      {(exchange.has_sandbox || demoKeys !== null) && (
        <div className={styles["sandbox"]}>
          <label className="check">
            <input
              type="checkbox"
              checked={isSandbox}
              disabled={isFixed}
              onChange={({ target }) => onChange({ ...chosen, isSandbox: target.checked })}
            />
            <span>
              Sandbox account <span className="faint">for trying things out</span>
            </span>
          </label>
          {isSandbox && demoKeys !== null && (
            <button type="button" className="button tiny" onClick={() => onDemoKeys(demoKeys)}>
              Use demo keys
            </button>
          )}
        </div>
      )}
    </>
  );
}
