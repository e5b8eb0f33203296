import { useState } from "react";
import { useSearchParams } from "react-router";
import { useOpenOrders } from "../../app/account";
import { useMarkets, type HistoryFilter } from "../../app/queries";
import { useTitle } from "../../app/useTitle";
import { Tabs, type TabItem } from "../../components/Tabs";
import { CancelAll } from "./CancelAll";
import { Fills } from "./Fills";
import { OpenOrders } from "./OpenOrders";
import { OrderHistory } from "./OrderHistory";
import styles from "./tables.module.css";

type View = "open" | "history" | "fills";

const STATUSES: readonly { value: string; label: string }[] = [
  { value: "OPEN,PARTIAL,PENDING", label: "Open" },
  { value: "FILLED", label: "Filled" },
  { value: "CANCELLED", label: "Cancelled" },
  { value: "EXPIRED", label: "Expired" },
  { value: "REJECTED", label: "Rejected" },
];

export default function OrdersPage() {
  useTitle("Orders");
  const [parameters, setParameters] = useSearchParams();
  const [filter, setFilter] = useState<HistoryFilter>({});
  const { orders } = useOpenOrders();
  const asked = parameters.get("view");
  const view: View = asked === "history" || asked === "fills" ? asked : "open";
  const items: readonly TabItem<View>[] = [
    { value: "open", label: "Open orders", count: orders?.length },
    { value: "history", label: "Order history" },
    { value: "fills", label: "Fills" },
  ];
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Orders</h1>
          <p>What waits in the book, and everything you have placed and traded.</p>
        </div>
      </div>
      <Tabs
        className="panel"
        label="Orders"
        items={items}
        value={view}
        onChange={(chosen) => setParameters(chosen === "open" ? {} : { view: chosen }, { replace: true })}
        aside={view === "open" ? <CancelAll symbol={filter.symbol} /> : undefined}
      >
        <Filters view={view} filter={filter} onChange={setFilter} />
        {view === "open" && <OpenOrders symbol={filter.symbol} />}
        {view === "history" && <OrderHistory filter={filter} />}
        {view === "fills" && <Fills symbol={filter.symbol} />}
      </Tabs>
    </div>
  );
}

function Filters({
  view,
  filter,
  onChange,
}: {
  view: View;
  filter: HistoryFilter;
  onChange: (filter: HistoryFilter) => void;
}) {
  const { markets } = useMarkets();
  const sides = [
    { value: "BUY", label: "Buy" },
    { value: "SELL", label: "Sell" },
  ];
  return (
    <div className={styles["filters"]} role="group" aria-label="Filters">
      <Choice
        label="Market"
        all="All markets"
        options={markets?.map((market) => ({ value: market.symbol, label: `${market.base}/${market.quote}` })) ?? []}
        value={filter.symbol}
        onChange={(symbol) => onChange({ ...filter, symbol })}
      />
      {view === "history" && (
        <>
          <Choice
            label="Side"
            all="Both sides"
            options={sides}
            value={filter.side}
            onChange={(side) => onChange({ ...filter, side: side === "BUY" || side === "SELL" ? side : undefined })}
          />
          <Choice
            label="Status"
            all="Every status"
            options={STATUSES}
            value={filter.status}
            onChange={(status) => onChange({ ...filter, status })}
          />
        </>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly options: readonly { value: string; label: string }[];
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

function Choice({ label, all, options, value, onChange }: ChoiceProps) {
  return (
    <label>
      <span className="visually-hidden">{label}</span>
      <select
        className="select small"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">{all}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
