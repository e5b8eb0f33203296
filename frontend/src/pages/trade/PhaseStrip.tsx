import type { ReactNode } from "react";
import { showPrice, showQuantity } from "../../app/amounts";
import { useStreamedTicker } from "../../app/streams";
import { showDuration } from "../../app/times";
import { useSecondsUntil } from "../../app/useSecondsUntil";
import type { Auction, Market } from "../../streams/frames";
import { isCollecting, phaseOf } from "./marketPhase";
import styles from "./PhaseStrip.module.css";

/** While a market halts or collects orders: why, until when, and what an auction would come to now. */
export function PhaseStrip({ market }: { market: Market }) {
  const phase = phaseOf(market);
  const auction = useStreamedTicker(market.symbol)?.auction;
  if (phase === null) return null;
  return (
    <section className={styles["strip"]} aria-label="State of the market" data-state={market.state}>
      <p>
        <strong>{phase.title}</strong>
        {phase.reason !== "" && <span>{phase.reason}</span>}
      </p>
      <dl>
        {phase.next !== null && <Countdown name={phase.next} until={market.state_until} />}
        {isCollecting(market) && auction && <Outlook market={market} auction={auction} />}
      </dl>
    </section>
  );
}

function Countdown({ name, until }: { name: string; until: string | null }) {
  const left = useSecondsUntil(until);
  return (
    <Fact name={name}>
      <span role="timer">{left === 0 ? "a moment" : left !== null && showDuration(left)}</span>
    </Fact>
  );
}

function Outlook({ market, auction }: { market: Market; auction: Auction }) {
  if (auction.price === null) return <Fact name="Price so far">No orders match yet</Fact>;
  return (
    <>
      <Fact name="Price so far">
        {showPrice(market, auction.price)} {market.quote}
      </Fact>
      <Fact name="Would trade">
        {showQuantity(market, auction.quantity)} {market.base}
      </Fact>
      <Fact name={surplusName(auction)}>
        {auction.surplus_side === null ? "none" : `${showQuantity(market, auction.surplus_quantity)} ${market.base}`}
      </Fact>
    </>
  );
}

function surplusName({ surplus_side: side }: Auction): string {
  if (side === null) return "Left over";
  return side === "BUY" ? "Buyers left over" : "Sellers left over";
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="numeric">{children}</dd>
    </div>
  );
}
