import type { ReactNode } from "react";
import { showFee, showHolding, showPrice, showQuantity, showRate, showValue } from "../../app/amounts";
import type { Rates } from "../../app/queries";
import { compare, decimal, format } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import { spentAsset, type Draft } from "./draft";
import type { Estimate } from "./estimate";
import { waits } from "./kinds";
import { slippage } from "./sweep";
import styles from "./OrderForm.module.css";

interface Props {
  readonly draft: Draft;
  readonly market: Market;
  readonly estimated: Estimate | null;
  readonly rates: Rates | undefined;
  readonly isFresh: boolean;
}

/** In percent: from here on a market order warns. */
const NOTABLE_SLIPPAGE = decimal("1");

/** What the order would cost and bring, judged by the book as it is. */
export function EstimateList({ draft, market, estimated, rates, isFresh }: Props) {
  const isMarket = draft.kind === "MARKET";
  const told = rates === undefined ? undefined : `Your rates: ${showRate(rates.maker)} maker, ${showRate(rates.taker)} taker`;
  const isBuy = draft.side === "BUY";
  return (
    <dl className={isFresh ? styles["estimate"] : `${styles["estimate"]} stale`} aria-label="Estimate">
      {isMarket && (
        <Line name="Average price">
          {estimated?.average ? `${showPrice(market, estimated.average)} ${market.quote}` : null}
        </Line>
      )}
      {(isMarket || waits(draft.kind)) && (
        <Line name="Worst price">
          {estimated?.worst
            ? `${showPrice(market, estimated.worst)} ${market.quote}`
            : estimated && waits(draft.kind)
              ? "As the book is then"
              : null}
        </Line>
      )}
      <Line name={isBuy ? "Total to pay" : "Order value"}>
        {estimated && `${showValue(market, estimated.value, "up")} ${market.quote}`}
      </Line>
      {estimated?.locked && (
        <Line name="Set aside meanwhile" title="It counts as “In orders” until the order has traded or ended.">
          {isBuy ? showValue(market, estimated.locked, "up") : showHolding(estimated.locked)}{" "}
          {spentAsset(draft, market)}
        </Line>
      )}
      <Line name="Estimated fee" title={told}>
        {estimated &&
          rates &&
          `${isBuy ? showFee(estimated.fee) : showValue(market, estimated.fee, "up")} ${estimated.feeAsset}`}
      </Line>
      <Line name="You receive">
        {estimated &&
          rates &&
          (isBuy
            ? `≈ ${showQuantity(market, estimated.received)} ${market.base}`
            : `≈ ${showValue(market, estimated.received)} ${market.quote}`)}
      </Line>
      {warningsOf(draft, estimated).map((warning) => (
        <p key={warning} className={styles["warning"]}>
          {warning}
        </p>
      ))}
    </dl>
  );
}

/** What somebody should know before they send it, though it is not wrong. */
function warningsOf(draft: Draft, estimated: Estimate | null): readonly string[] {
  if (estimated === null) return [];
  const warnings: string[] = [];
  if (estimated.wouldBeRefused) {
    warnings.push(
      draft.kind === "OCO"
        ? "At this price the limit order would trade at once, and the pair would be refused."
        : "At this price it would trade at once, and a post-only order is refused then.",
    );
  }
  if (draft.kind !== "MARKET" || estimated.now === null) return warnings;
  const slip = slippage(estimated.now);
  if (compare(slip, NOTABLE_SLIPPAGE) >= 0) {
    warnings.push(`The worst price is ${format(slip, { decimals: 1 })} % away from the best one.`);
  }
  if (estimated.now.worst === null) warnings.push("Nobody offers the other side at the moment.");
  else if (!estimated.now.isComplete) {
    warnings.push("The book holds only a part of this within the allowed prices; the rest would expire.");
  }
  return warnings;
}

function Line({ name, title, children }: { name: string; title?: string | undefined; children: ReactNode }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children ?? "–"}</dd>
    </div>
  );
}
