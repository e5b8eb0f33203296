import type { ReactNode } from "react";
import { useMarkets, type Fill } from "../../app/queries";
import { Choice } from "../../components/Choice";
import { Days, type DayRange } from "../../components/Days";
import styles from "./tables.module.css";
import { KINDS } from "../trade/kinds";

export type View = "open" | "history" | "fills";

/** What is chosen in all views; each takes of it what it knows. */
export interface Chosen {
  readonly symbol?: string | undefined;
  readonly side?: "BUY" | "SELL" | undefined;
  readonly type?: string | undefined;
  readonly status?: string | undefined;
  readonly role?: Fill["role"] | undefined;
}

const SIDES = [
  { value: "BUY", label: "Buy" },
  { value: "SELL", label: "Sell" },
];
const ROLES = [
  { value: "MAKER", label: "Maker" },
  { value: "TAKER", label: "Taker" },
];
const STATUSES = [
  { value: "OPEN,PARTIAL,PENDING", label: "Open" },
  { value: "FILLED", label: "Filled" },
  { value: "CANCELLED", label: "Cancelled" },
  { value: "EXPIRED", label: "Expired" },
  { value: "REJECTED", label: "Rejected" },
];
const TYPES = Object.entries(KINDS).map(([value, kind]) => ({ value, label: kind.label }));

interface FiltersProps {
  readonly view: View;
  readonly chosen: Chosen;
  readonly onChange: (chosen: Chosen) => void;
  readonly days: DayRange;
  readonly onChangeDays: (days: DayRange) => void;
  readonly children: ReactNode;
}

export function Filters({ view, chosen, onChange, days, onChangeDays, children }: FiltersProps) {
  const { markets } = useMarkets();
  return (
    <div className={styles["filters"]} role="group" aria-label="Filters">
      <Choice
        label="Market"
        all="All markets"
        options={markets?.map((market) => ({ value: market.symbol, label: `${market.base}/${market.quote}` })) ?? []}
        value={chosen.symbol}
        onChange={(symbol) => onChange({ ...chosen, symbol })}
      />
      {view !== "open" && (
        <Choice
          label="Side"
          all="Both sides"
          options={SIDES}
          value={chosen.side}
          onChange={(side) => onChange({ ...chosen, side: side === "BUY" || side === "SELL" ? side : undefined })}
        />
      )}
      {view === "history" && (
        <>
          <Choice
            label="Type"
            all="Every type"
            options={TYPES}
            value={chosen.type}
            onChange={(type) => onChange({ ...chosen, type })}
          />
          <Choice
            label="Status"
            all="Every status"
            options={STATUSES}
            value={chosen.status}
            onChange={(status) => onChange({ ...chosen, status })}
          />
        </>
      )}
      {view === "fills" && (
        <Choice
          label="Role"
          all="Both roles"
          options={ROLES}
          value={chosen.role}
          onChange={(role) => onChange({ ...chosen, role: role === "MAKER" || role === "TAKER" ? role : undefined })}
        />
      )}
      {view !== "open" && (
        <>
          <Days range={days} onChange={onChangeDays} />
          <span className={styles["export"]}>{children}</span>
        </>
      )}
    </div>
  );
}
