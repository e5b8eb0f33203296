import { useCallback, useEffect, useState } from "react";
import { useParams } from "react-router";
import { showPrice } from "../../app/amounts";
import { useLastPrice } from "../../app/lastPrice";
import { useMarket } from "../../app/queries";
import { useTitle } from "../../app/useTitle";
import { Segmented } from "../../components/Segmented";
import { Failure, Skeleton } from "../../components/States";
import type { Market } from "../../streams/frames";
import { NotFoundPage } from "../NotFoundPage";
import { AccountPanel } from "./AccountPanel";
import { BookPanel } from "./BookPanel";
import { ChartPanel } from "./ChartPanel";
import { EMPTY_DRAFT, type Draft } from "./draft";
import { KINDS } from "./kinds";
import { lastMarket } from "./lastMarket";
import { OrderForm } from "./OrderForm";
import { PhaseStrip } from "./PhaseStrip";
import { TapePanel } from "./TapePanel";
import { TickerStrip } from "./TickerStrip";
import styles from "./TradePage.module.css";

export default function TradePage() {
  const { symbol = "" } = useParams();
  const { market, isMissing, error, retry } = useMarket(symbol.toUpperCase());
  if (market !== undefined) return <TradeDesk key={market.symbol} market={market} />;
  if (isMissing) return <NotFoundPage what={`There is no market ${symbol}`} />;
  return error === null ? <Skeleton rows={12} label="Loading the market" /> : <Failure error={error} onRetry={retry} />;
}

type View = "chart" | "book" | "trade" | "orders";

const VIEWS: readonly { value: View; label: string }[] = [
  { value: "chart", label: "Chart" },
  { value: "book", label: "Book" },
  { value: "trade", label: "Trade" },
  { value: "orders", label: "Orders" },
];

function TradeDesk({ market }: { market: Market }) {
  const [view, setView] = useState<View>("chart");
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const symbol = market.symbol;
  useEffect(() => lastMarket.set(symbol), [symbol]);

  const pick = useCallback((price: string): void => {
    setDraft((known) => ({ ...known, kind: KINDS[known.kind].hasPrice ? known.kind : "LIMIT", price }));
    setView((shown) => (shown === "book" ? "trade" : shown));
  }, []);

  return (
    <div className={styles["desk"]} data-view={view}>
      <h1 className="visually-hidden">Trade {symbol}</h1>
      <PriceTitle market={market} />
      <div className={styles["strip"]}>
        <TickerStrip market={market} />
        <PhaseStrip market={market} />
      </div>
      <div className={styles["views"]}>
        <Segmented label="View" choices={VIEWS} value={view} onChange={setView} />
      </div>
      <div className={styles["chart"]}>
        <ChartPanel market={market} />
      </div>
      <div className={styles["book"]}>
        <BookPanel market={market} onPick={pick} />
      </div>
      <div className={styles["tape"]}>
        <TapePanel market={market} />
      </div>
      <div className={styles["form"]}>
        <OrderForm market={market} draft={draft} setDraft={setDraft} />
      </div>
      <div className={styles["account"]}>
        <AccountPanel market={market} />
      </div>
    </div>
  );
}

/** The last price in the browser's tab; by itself, so that the desk does not render with every trade. */
function PriceTitle({ market }: { market: Market }) {
  useTitle(`${showPrice(market, useLastPrice(market).price)} ${market.symbol}`);
  return null;
}
