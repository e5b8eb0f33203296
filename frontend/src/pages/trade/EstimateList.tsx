import type { ReactNode } from "react";
import { showFee, showPrice, showQuantity, showRate, showValue } from "../../app/amounts";
import type { Fees } from "../../app/queries";
import { compare, decimal, format, ZERO } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import type { Draft, Estimate } from "./draft";
import { slippage } from "./sweep";
import styles from "./OrderForm.module.css";

interface Props {
  readonly draft: Draft;
  readonly market: Market;
  readonly estimated: Estimate | null;
  readonly fees: Fees | undefined;
  readonly isFresh: boolean;
}

/** In percent: from here on a market order warns. */
const NOTABLE_SLIPPAGE = decimal("1");

/** What the order would cost and bring, judged by the book as it is. */
export function EstimateList({ draft, market, estimated, fees, isFresh }: Props) {
  const isMarket = draft.type === "MARKET";
  const hasNothingToTrade = isMarket && estimated !== null && estimated.now.worst === null;
  const isShort = isMarket && estimated !== null && !hasNothingToTrade && !estimated.now.isComplete;
  const slip = isMarket && estimated !== null ? slippage(estimated.now) : ZERO;
  const isFar = compare(slip, NOTABLE_SLIPPAGE) >= 0;
  const rates = fees === undefined ? null : `${showRate(fees.maker)} maker, ${showRate(fees.taker)} taker`;
  return (
    <dl className={isFresh ? styles["estimate"] : `${styles["estimate"]} stale`} aria-label="Estimate">
      {isMarket && (
        <>
          <Line name="Average price">
            {estimated?.average ? `${showPrice(market, estimated.average)} ${market.quote}` : null}
          </Line>
          <Line name="Worst price">
            {estimated?.now.worst ? `${showPrice(market, estimated.now.worst)} ${market.quote}` : null}
          </Line>
        </>
      )}
      <Line name={draft.side === "BUY" ? "Total to pay" : "Order value"}>
        {estimated && `${showValue(market, estimated.value, "up")} ${market.quote}`}
      </Line>
      <Line name="Estimated fee" title={rates === null ? undefined : `Your rates: ${rates}`}>
        {estimated &&
          fees &&
          `${draft.side === "BUY" ? showFee(estimated.fee) : showValue(market, estimated.fee, "up")} ${estimated.feeAsset}`}
      </Line>
      <Line name="You receive">
        {estimated &&
          fees &&
          (draft.side === "BUY"
            ? `≈ ${showQuantity(market, estimated.received)} ${market.base}`
            : `≈ ${showValue(market, estimated.received)} ${market.quote}`)}
      </Line>
      {isFar && (
        <p className={styles["warning"]}>
          The worst price is {format(slip, { decimals: 1 })} % away from the best one.
        </p>
      )}
      {hasNothingToTrade && <p className={styles["warning"]}>Nobody offers the other side at the moment.</p>}
      {isShort && <p className={styles["warning"]}>The book holds only a part of this; the rest would expire.</p>}
    </dl>
  );
}

function Line({ name, title, children }: { name: string; title?: string | undefined; children: ReactNode }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children ?? "–"}</dd>
    </div>
  );
}
