/**
 * Candles and volume. Prices become numbers here because pixels are drawn from them; what is written in words comes from the
 * strings themselves.
 */

import {
  CandlestickSeries,
  ColorType,
  createChart,
  CrosshairMode,
  HistogramSeries,
  TickMarkType,
  type CandlestickData,
  type HistogramData,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef, useState } from "react";
import type { Theme } from "../app/theme";
import { decimal, format } from "../money/decimal";
import type { Candle, Interval } from "../streams/frames";
import styles from "./CandleChart.module.css";

interface Props {
  /** Oldest first. */
  readonly candles: readonly Candle[];
  /** What the stream has told since, oldest first; the last one is the present. */
  readonly newest: readonly Candle[];
  readonly interval: Interval;
  readonly decimals: number;
  readonly base: string;
  readonly theme: Theme;
  /** The oldest candle is in sight, or nearly. */
  readonly onOldestNear: () => void;
}

interface Drawn {
  readonly chart: IChartApi;
  readonly prices: ISeriesApi<"Candlestick">;
  readonly volumes: ISeriesApi<"Histogram">;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric" });
const SECOND = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const FULL = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** Candles of a day and more begin at midnight UTC, wherever one looks at them. */
const UTC_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const UTC_MONTH = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
const UTC_FULL = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const DAYS: ReadonlySet<Interval> = new Set(["1d", "1w", "1M"]);

function seconds(candle: Candle): UTCTimestamp {
  return (Date.parse(candle.opened_at) / 1000) as UTCTimestamp;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function toPrice(candle: Candle): CandlestickData<UTCTimestamp> {
  return {
    time: seconds(candle),
    open: Number(candle.open),
    high: Number(candle.high),
    low: Number(candle.low),
    close: Number(candle.close),
  };
}

function toVolume(candle: Candle): HistogramData<UTCTimestamp> {
  const isUp = Number(candle.close) >= Number(candle.open);
  return {
    time: seconds(candle),
    value: Number(candle.volume),
    color: colour(isUp ? "--chart-volume-up" : "--chart-volume-down"),
  };
}

function paint({ chart, prices }: Drawn): void {
  chart.applyOptions({
    layout: { background: { type: ColorType.Solid, color: colour("--panel") }, textColor: colour("--ink-faint") },
    grid: { vertLines: { color: colour("--chart-grid") }, horzLines: { color: colour("--chart-grid") } },
    crosshair: {
      vertLine: { color: colour("--line-strong"), labelBackgroundColor: colour("--accent-fill") },
      horzLine: { color: colour("--line-strong"), labelBackgroundColor: colour("--accent-fill") },
    },
  });
  const [up, down] = [colour("--buy"), colour("--sell")];
  prices.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
}

function draw(element: HTMLElement, decimals: number, interval: Interval): Drawn {
  const isOfDays = DAYS.has(interval);
  const [day, month] = isOfDays ? [UTC_DAY, UTC_MONTH] : [DAY, MONTH];
  const full = isOfDays ? UTC_FULL : interval === "1s" ? SECOND : FULL;
  const chart = createChart(element, {
    autoSize: true,
    layout: {
      fontFamily: colour("--font"),
      fontSize: 11,
      // Its stylesheet would be an inline one; the credit stands in the bar above the chart.
      attributionLogo: false,
    },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.1, bottom: 0.24 } },
    timeScale: {
      borderVisible: false,
      timeVisible: !isOfDays,
      secondsVisible: interval === "1s",
      rightOffset: 6,
      barSpacing: 7,
      tickMarkFormatter: (time: UTCTimestamp, type: TickMarkType) => {
        const moment = new Date(time * 1000);
        if (type === TickMarkType.TimeWithSeconds) return SECOND.format(moment);
        if (type === TickMarkType.Time) return CLOCK.format(moment);
        return (type === TickMarkType.DayOfMonth ? day : month).format(moment);
      },
    },
    localization: { locale: "en-GB", timeFormatter: (time: UTCTimestamp) => full.format(new Date(time * 1000)) },
  });
  const prices = chart.addSeries(CandlestickSeries, {
    borderVisible: false,
    priceFormat: { type: "price", precision: decimals, minMove: 10 ** -decimals },
  });
  const volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: "volume",
    priceFormat: { type: "volume" },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
  return { chart, prices, volumes };
}

const NEAR_CANDLES = 20;

export default function CandleChart({ candles, newest, interval, decimals, base, theme, onOldestNear }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const byTime = useRef(new Map<number, Candle>());
  const lastDrawn = useRef(0);
  const oldestNear = useRef(onOldestNear);
  const [pointed, setPointed] = useState<Candle | null>(null);

  useEffect(() => {
    oldestNear.current = onOldestNear;
  }, [onOldestNear]);

  useEffect(() => {
    if (element.current === null) return;
    const made = draw(element.current, decimals, interval);
    drawn.current = made;
    made.chart.subscribeCrosshairMove(({ time }) =>
      setPointed((typeof time === "number" && byTime.current.get(time)) || null),
    );
    made.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range !== null && range.from < NEAR_CANDLES) oldestNear.current();
    });
    return () => {
      drawn.current = null;
      made.chart.remove();
    };
  }, [decimals, interval]);

  // The order of these effects matters: colours first, then history, then the candles that are newer than it.
  useEffect(() => {
    const parts = drawn.current;
    if (parts === null) return;
    paint(parts);
    byTime.current = new Map(candles.map((candle) => [seconds(candle), candle]));
    parts.prices.setData(candles.map(toPrice));
    parts.volumes.setData(candles.map(toVolume));
    const last = candles.at(-1);
    lastDrawn.current = last === undefined ? 0 : seconds(last);
  }, [candles, theme, decimals, interval]);

  useEffect(() => {
    const parts = drawn.current;
    if (parts === null) return;
    for (const candle of newest) {
      // The chart takes the last candle again, or a later one.
      if (seconds(candle) < lastDrawn.current) continue;
      lastDrawn.current = seconds(candle);
      byTime.current.set(seconds(candle), candle);
      parts.prices.update(toPrice(candle));
      parts.volumes.update(toVolume(candle));
    }
  }, [newest, candles, theme, decimals, interval]);

  const shown = pointed ?? newest.at(-1) ?? candles.at(-1) ?? null;
  return (
    <div className={styles["chart"]}>
      {shown !== null && <Legend candle={shown} decimals={decimals} base={base} />}
      <div ref={element} className={styles["canvas"]} role="img" aria-label="Candle chart of prices and volume" />
    </div>
  );
}

function Legend({ candle, decimals, base }: { candle: Candle; decimals: number; base: string }) {
  const price = (text: string): string => format(decimal(text), { decimals });
  const look = Number(candle.close) >= Number(candle.open) ? "up" : "down";
  return (
    <dl className={styles["legend"]}>
      {(["open", "high", "low", "close"] as const).map((name) => (
        <div key={name}>
          <dt title={name}>{name.charAt(0).toUpperCase()}</dt>
          <dd className={look}>{price(candle[name])}</dd>
        </div>
      ))}
      <div>
        <dt>Vol</dt>
        <dd>
          {format(decimal(candle.volume), { decimals: 4, least: 2 })} {base}
        </dd>
      </div>
    </dl>
  );
}
