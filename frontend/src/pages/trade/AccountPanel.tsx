import { useState } from "react";
import { Link, useLocation } from "react-router";
import { useOpenOrders } from "../../app/account";
import { useIsSignedIn, useSession } from "../../app/queries";
import { Empty } from "../../components/States";
import { Tabs, type TabItem } from "../../components/Tabs";
import type { Market } from "../../streams/frames";
import { CancelAll } from "../orders/CancelAll";
import { Fills } from "../orders/Fills";
import { OpenOrders } from "../orders/OpenOrders";
import { OrderHistory } from "../orders/OrderHistory";

type View = "open" | "history" | "fills";

/** The reader's own orders, beneath the market. */
export function AccountPanel({ market }: { market: Market }) {
  const [view, setView] = useState<View>("open");
  const [isOneMarket, setOneMarket] = useState(false);
  const symbol = isOneMarket ? market.symbol : undefined;
  const { orders, isFresh } = useOpenOrders(symbol);
  const isSignedIn = useIsSignedIn();
  const items: readonly TabItem<View>[] = [
    { value: "open", label: "Open orders", count: isSignedIn ? orders?.length : undefined },
    { value: "history", label: "Order history" },
    { value: "fills", label: "Fills" },
  ];
  const aside = isSignedIn && (
    <>
      <label className="check">
        <input type="checkbox" checked={isOneMarket} onChange={(event) => setOneMarket(event.target.checked)} />
        {market.base}/{market.quote} only
      </label>
      {view === "open" && <CancelAll symbol={symbol} />}
      {orders !== undefined && !isFresh && <span className="badge warn">Not current</span>}
    </>
  );
  return (
    <Tabs label="Your orders" items={items} value={view} onChange={setView} aside={aside} className="fill">
      {!isSignedIn && <Invitation />}
      {isSignedIn && view === "open" && <OpenOrders symbol={symbol} />}
      {isSignedIn && view === "history" && <OrderHistory filter={{ symbol }} />}
      {isSignedIn && view === "fills" && <Fills filter={{ symbol }} />}
    </Tabs>
  );
}

function Invitation() {
  const { pathname } = useLocation();
  const { isPending } = useSession();
  if (isPending) return null;
  return (
    <Empty title="Your orders appear here">
      <Link to="/sign-in" state={{ next: pathname }}>
        Sign in
      </Link>{" "}
      to trade.
    </Empty>
  );
}
