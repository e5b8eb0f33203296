import { memo, useMemo, useState } from "react";
import { useOpenOrders } from "../../app/account";
import { priceDecimals, quantityDecimals, showPrice } from "../../app/amounts";
import { useLastPrice } from "../../app/lastPrice";
import { useBookTopic, useChanges, useFreshness } from "../../app/streams";
import { Panel, Staleness } from "../../components/Panel";
import { Skeleton } from "../../components/States";
import { useRowCount } from "../../components/useRowCount";
import {
  add,
  compare,
  decimal,
  decimalsOf,
  divide,
  format,
  formatCompact,
  HUNDRED,
  larger,
  multiply,
  subtract,
  thousandths,
  toText,
  ZERO,
  type Decimal,
} from "../../money/decimal";
import { groupLevels, type Book, type BookSide, type GroupedLevel } from "../../streams/book";
import type { Market, Order } from "../../streams/frames";
import styles from "./BookPanel.module.css";

const ROW_HEIGHT = 21;
const FIRST_ROWS = 12;
const GROUPINGS = 5;

interface Props {
  readonly market: Market;
  readonly onPick: (price: string) => void;
}

export function BookPanel({ market, onPick }: Props) {
  const topic = useBookTopic(market.symbol);
  const version = useChanges(topic);
  const isFresh = useFreshness(topic);
  const steps = useMemo(() => groupings(market), [market]);
  const [stepText, setStepText] = useState(steps[0] ?? market.tick_size);
  const [rowsElement, rows] = useRowCount(ROW_HEIGHT, FIRST_ROWS);
  const { orders } = useOpenOrders(market.symbol);

  const view = useMemo(() => {
    // The book changes in place; its version says when.
    void version;
    return viewOf(topic.book, decimal(stepText), rows, orders ?? []);
  }, [topic, version, stepText, rows, orders]);

  const stepDecimals = Math.min(decimalsOf(decimal(stepText)), priceDecimals(market));
  const shared = { decimals: stepDecimals, quantityDecimals: quantityDecimals(market), onPick };
  const isEmpty = view.bids.length === 0 && view.asks.length === 0;

  return (
    <Panel
      title="Order book"
      aside={
        <>
          <Staleness topic={topic} />
          <label>
            <span className="visually-hidden">Group prices by</span>
            <select className="select small" value={stepText} onChange={(event) => setStepText(event.target.value)}>
              {steps.map((step) => (
                <option key={step} value={step}>
                  {format(decimal(step))}
                </option>
              ))}
            </select>
          </label>
        </>
      }
    >
      <div className={styles["names"]} aria-hidden="true">
        <span>Price ({market.quote})</span>
        <span>Quantity ({market.base})</span>
        <span>Total</span>
      </div>
      {!topic.book.isJoined && isEmpty ? (
        <Skeleton rows={14} label="Loading the order book" />
      ) : (
        <div className={isFresh ? styles["sides"] : `${styles["sides"]} stale`} data-fresh={isFresh}>
          <div className={styles["asks"]} ref={rowsElement}>
            <Side side="asks" levels={view.asks} deepest={view.deepest} own={view.own} {...shared} />
          </div>
          <Middle market={market} book={topic.book} />
          <div className={styles["bids"]}>
            <Side side="bids" levels={view.bids} deepest={view.deepest} own={view.own} {...shared} />
          </div>
        </div>
      )}
    </Panel>
  );
}

/** From the tick size up, each ten times the one before. */
function groupings(market: Market): string[] {
  const tick = decimal(market.tick_size);
  return Array.from({ length: GROUPINGS }, (_, power) =>
    toText(multiply(tick, { units: 10n ** BigInt(power), scale: 0 })),
  );
}

interface View {
  readonly bids: readonly GroupedLevel[];
  readonly asks: readonly GroupedLevel[];
  /** The greater of the two totals: what a full bar stands for. */
  readonly deepest: Decimal;
  /** Prices of groups that hold an order of one's own. */
  readonly own: ReadonlySet<string>;
}

function viewOf(book: Book, step: Decimal, rows: number, orders: readonly Order[]): View {
  const bids = groupLevels(book.bids, "bids", step, rows);
  const asks = groupLevels(book.asks, "asks", step, rows);
  const own = new Set(
    orders.flatMap(({ price, side }) => {
      if (price === null) return [];
      const rounding = side === "BUY" ? "down" : "up";
      return [`${side} ${toText(multiply(divide(decimal(price), step, 0, rounding), step))}`];
    }),
  );
  return { bids, asks, deepest: larger(bids.at(-1)?.total ?? ZERO, asks.at(-1)?.total ?? ZERO), own };
}

interface SideProps {
  readonly side: BookSide;
  readonly levels: readonly GroupedLevel[];
  readonly deepest: Decimal;
  readonly own: ReadonlySet<string>;
  readonly decimals: number;
  readonly quantityDecimals: number;
  readonly onPick: (price: string) => void;
}

function Side({ side, levels, deepest, own, decimals, quantityDecimals: digits, onPick }: SideProps) {
  const orderSide = side === "bids" ? "BUY" : "SELL";
  const shown = side === "asks" ? [...levels].reverse() : levels;
  return (
    <div role="table" aria-label={side === "asks" ? "Asks" : "Bids"} className={styles["table"]}>
      {shown.map((level) => {
        const price = toText(level.price);
        return (
          <Row
            key={price}
            side={side}
            price={price}
            shownPrice={format(level.price, { decimals })}
            quantity={format(level.quantity, { decimals: digits })}
            total={formatCompact(level.total, digits)}
            width={widthOf(level.total, deepest)}
            isOwn={own.has(`${orderSide} ${price}`)}
            onPick={onPick}
          />
        );
      })}
    </div>
  );
}

/** In whole percents, so that a row changes only when its bar visibly does. */
function widthOf(total: Decimal, deepest: Decimal): string {
  return `scaleX(0.${((thousandths(total, deepest) * 99n) / 1000n).toString().padStart(2, "0")})`;
}

interface RowProps {
  readonly side: BookSide;
  readonly price: string;
  readonly shownPrice: string;
  readonly quantity: string;
  readonly total: string;
  readonly width: string;
  readonly isOwn: boolean;
  readonly onPick: (price: string) => void;
}

const Row = memo(function Row({ side, price, shownPrice, quantity, total, width, isOwn, onPick }: RowProps) {
  return (
    <div role="row" className={styles["row"]} data-side={side} data-own={isOwn} onClick={() => onPick(price)}>
      <span className={styles["bar"]} style={{ transform: width }} aria-hidden="true" />
      <span role="cell" className={side === "asks" ? "down" : "up"}>
        <button type="button" className={styles["price"]} aria-label={`${shownPrice}, use this price`} tabIndex={-1}>
          {shownPrice}
        </button>
        {isOwn && <span className="visually-hidden">, with an order of yours</span>}
      </span>
      <span role="cell">{quantity}</span>
      <span role="cell" className="soft">
        {total}
      </span>
    </div>
  );
});

/** Last price and spread. */
function Middle({ market, book }: { market: Market; book: Book }) {
  const last = useLastPrice(market);
  const bid = book.bids[0]?.price;
  const ask = book.asks[0]?.price;
  return (
    <div className={`numeric ${styles["middle"]}`}>
      <strong className={last.look}>
        {last.look !== "" && (
          <span className="arrow" aria-hidden="true">
            {last.look === "up" ? "▲" : "▼"}
          </span>
        )}
        {showPrice(market, last.price)}
      </strong>
      {bid !== undefined && ask !== undefined && (
        <span className="faint">
          {compare(bid, ask) < 0
            ? `Spread ${showPrice(market, subtract(ask, bid))} (${spreadPercent(bid, ask)} %)`
            : "Bids and asks overlap"}
        </span>
      )}
    </div>
  );
}

function spreadPercent(bid: Decimal, ask: Decimal): string {
  const double = add(bid, ask);
  const percent = divide(multiply(multiply(subtract(ask, bid), HUNDRED), { units: 2n, scale: 0 }), double, 3, "half");
  return format(percent, { decimals: 3 });
}
