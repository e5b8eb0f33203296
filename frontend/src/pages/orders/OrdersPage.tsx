import { useState } from "react";
import { useSearchParams } from "react-router";
import { useOpenOrders } from "../../app/account";
import { periodOf } from "../../app/exports";
import { type FillFilter, type HistoryFilter } from "../../app/queries";
import { useTitle } from "../../app/useTitle";
import { DownloadButton } from "../../components/DownloadButton";
import { Tabs, type TabItem } from "../../components/Tabs";
import type { DayRange } from "../../components/Days";
import { CancelAll } from "./CancelAll";
import { Fills } from "./Fills";
import { Filters, type Chosen, type View } from "./Filters";
import { OpenOrders } from "./OpenOrders";
import { OrderHistory } from "./OrderHistory";

export default function OrdersPage() {
  useTitle("Orders");
  const [parameters, setParameters] = useSearchParams();
  const [chosen, setChosen] = useState<Chosen>({});
  const [days, setDays] = useState<DayRange>({});
  const { orders } = useOpenOrders();
  const asked = parameters.get("view");
  const view: View = asked === "history" || asked === "fills" ? asked : "open";
  const { symbol, side, type, status, role } = chosen;
  const period = periodOf(days);
  const ofOrders: HistoryFilter = { symbol, side, type, status, ...period };
  const ofFills: FillFilter = { symbol, side, role, ...period };
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
        aside={view === "open" ? <CancelAll symbol={symbol} /> : undefined}
      >
        <Filters view={view} chosen={chosen} onChange={setChosen} days={days} onChangeDays={setDays}>
          {view === "history" && <DownloadButton path="/api/v1/orders" filter={ofOrders} />}
          {view === "fills" && <DownloadButton path="/api/v1/trades" filter={ofFills} />}
        </Filters>
        {view === "open" && <OpenOrders symbol={symbol} />}
        {view === "history" && <OrderHistory filter={ofOrders} />}
        {view === "fills" && <Fills filter={ofFills} />}
      </Tabs>
    </div>
  );
}
