import { lazy, Suspense, useState } from "react";
import { priceDecimals } from "../../app/amounts";
import { useCandlesTopic, useChanges, useFreshness, useValue } from "../../app/streams";
import { theme } from "../../app/theme";
import { Staleness } from "../../components/Panel";
import { Empty, Failure, Skeleton } from "../../components/States";
import type { Interval, Market } from "../../streams/frames";
import { IntervalChoice, INTERVALS } from "./IntervalChoice";
import { useCandleHistory } from "./useCandleHistory";
import styles from "./ChartPanel.module.css";

const CandleChart = lazy(() => import("../../chart/CandleChart"));

const KEY = "bourse-interval";

function rememberedInterval(): Interval {
  const stored = localStorage.getItem(KEY);
  return INTERVALS.find((interval) => interval === stored) ?? "1m";
}

export function ChartPanel({ market }: { market: Market }) {
  const [interval, setInterval] = useState(rememberedInterval);
  const topic = useCandlesTopic(market.symbol, interval);
  useChanges(topic);
  const isFresh = useFreshness(topic);
  const palette = useValue(theme);
  const { candles: data, error, retry, readOlder } = useCandleHistory(market.symbol, interval, topic.gaps);

  return (
    <section className={styles["panel"]} aria-label="Chart">
      <header className={styles["head"]}>
        <IntervalChoice
          value={interval}
          onChange={(chosen) => {
            localStorage.setItem(KEY, chosen);
            setInterval(chosen);
          }}
        />
        <Staleness topic={topic} />
        <a className={styles["credit"]} href="https://www.tradingview.com/" target="_blank" rel="noopener noreferrer">
          Charts by TradingView
        </a>
      </header>
      <div className={isFresh || data === undefined ? styles["body"] : `${styles["body"]} stale`}>
        {data === undefined && error !== null && <Failure error={error} onRetry={retry} />}
        {data === undefined && error === null && <Skeleton rows={9} label="Loading the chart" />}
        {data !== undefined && data.length === 0 && topic.candle === null && (
          <Empty title="No trade yet">The first trade draws the first candle.</Empty>
        )}
        {data !== undefined && (data.length > 0 || topic.candle !== null) && (
          <Suspense fallback={<Skeleton rows={9} label="Loading the chart" />}>
            <CandleChart
              key={`${market.symbol} ${interval}`}
              candles={data}
              newest={topic.newest}
              interval={interval}
              decimals={priceDecimals(market)}
              base={market.base}
              theme={palette}
              onOldestNear={readOlder}
            />
          </Suspense>
        )}
      </div>
    </section>
  );
}
