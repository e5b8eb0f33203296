import { Icon } from "../../../../components/Icon";
import type { Coded } from "../types";
import { named } from "../words";
import styles from "../exchanges.module.css";

/** Those after which money may be gone. */
const GRAVE: ReadonlySet<string> = new Set(["KEY_MAY_WITHDRAW", "KEY_EXPIRED"]);

export function Warnings({ warnings, exchange }: { warnings: readonly Coded[]; exchange: string }) {
  if (warnings.length === 0) return null;
  return (
    <ul className={styles["warnings"]} aria-label="Warnings">
      {warnings.map(({ code, message }) => (
        <li key={code} data-grave={GRAVE.has(code)}>
          <Icon name="warning" size={15} />
          {named(message, exchange)}
        </li>
      ))}
    </ul>
  );
}
