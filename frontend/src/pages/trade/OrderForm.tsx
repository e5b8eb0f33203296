import { useMemo, useState, type FormEvent } from "react";
import { ApiError, explain } from "../../api/errors";
import { available, useBalances } from "../../app/account";
import { priceDecimals, showHolding } from "../../app/amounts";
import { useLastPrice } from "../../app/lastPrice";
import { useFees, useIsSignedIn } from "../../app/queries";
import { useBookTopic, useChanges, useFreshness } from "../../app/streams";
import { Field } from "../../components/Field";
import { Segmented } from "../../components/Segmented";
import { decimal, format, toText } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import {
  amountForPercent,
  countsBase,
  estimate,
  isComplete,
  problemsOf,
  spentAsset,
  type Draft,
  type Side,
} from "./draft";
import { EstimateList } from "./EstimateList";
import { LimitOptions } from "./LimitOptions";
import { MarketRules } from "./MarketRules";
import { PairBalances } from "./PairBalances";
import { describe, placeOrder, type Outcome } from "./placing";
import { SignInFirst } from "./SignInFirst";
import { useGuard } from "./useGuard";
import styles from "./OrderForm.module.css";

const PERCENTS = [25n, 50n, 75n, 100n] as const;
const FALLBACK_RATES = { maker: "0", taker: "0" };

type Answer = Outcome | { readonly tone: "bad"; readonly title: string; readonly text: string };

interface Props {
  readonly market: Market;
  readonly draft: Draft;
  readonly setDraft: (change: (draft: Draft) => Draft) => void;
}

export function OrderForm({ market: listed, draft, setDraft }: Props) {
  const { price: lastPrice } = useLastPrice(listed);
  // The price band follows the last price.
  const market = useMemo(() => ({ ...listed, last_price: lastPrice }), [listed, lastPrice]);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [isSending, setSending] = useState(false);
  const isSignedIn = useIsSignedIn();
  const { data: fees } = useFees();
  const { balances, isFresh: areBalancesFresh } = useBalances();
  const book = useBookTopic(market.symbol);
  useChanges(book);
  const guard = useGuard(market, useFreshness(book) && (!isSignedIn || areBalancesFresh));

  const spendable = isSignedIn ? available(balances, spentAsset(draft, market)) : undefined;
  const problems = problemsOf(draft, market, spendable);
  const hasProblem = problems.price !== undefined || problems.amount !== undefined;
  const estimated = estimate(draft, market, book.book, fees ?? FALLBACK_RATES);
  const amountAsset = countsBase(draft) ? market.base : market.quote;
  const best = draft.side === "BUY" ? book.book.asks[0] : book.book.bids[0];
  const bestText = best === undefined ? null : toText(best.price);
  const verb = draft.side === "BUY" ? "Buy" : "Sell";

  function change(part: Partial<Draft>): void {
    setDraft((known) => ({ ...known, ...part }));
    setAnswer(null);
  }

  function changeSide(side: Side): void {
    // Buyers think in what they spend, sellers in what they have.
    change({ side, amountIn: side === "BUY" ? "quote" : "base", ...(draft.type === "MARKET" ? { amount: "" } : {}) });
  }

  function takePercent(percent: bigint): void {
    if (spendable === undefined) return;
    // Without a price, the best one of the other side is meant.
    const price = draft.price.trim() === "" && bestText !== null ? bestText : draft.price;
    const amount = amountForPercent({ ...draft, price }, market, book.book, spendable, percent);
    if (amount !== null) change({ price, amount });
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isSending || hasProblem || guard !== null || !isComplete(draft)) return;
    setSending(true);
    setAnswer(null);
    try {
      setAnswer(describe(await placeOrder(draft, market), market));
      setDraft((known) => ({ ...known, amount: "" }));
    } catch (error) {
      const title = error instanceof ApiError ? "Order refused" : "No answer";
      setAnswer({ tone: "bad", title, text: explain(error) });
    } finally {
      setSending(false);
    }
  }

  return (
    <section className={styles["panel"]} aria-label="Place an order">
      <form className={styles["form"]} aria-label="Order form" noValidate onSubmit={(event) => void submit(event)}>
        <Segmented
          label="Side"
          size="large"
          choices={[
            { value: "BUY", label: "Buy", tone: "buy" },
            { value: "SELL", label: "Sell", tone: "sell" },
          ]}
          value={draft.side}
          onChange={changeSide}
        />
        <Segmented
          label="Order type"
          choices={[
            { value: "LIMIT", label: "Limit" },
            { value: "MARKET", label: "Market" },
          ]}
          value={draft.type}
          onChange={(type) => change({ type, amount: "" })}
        />
        {isSignedIn && (
          <p className={styles["available"]}>
            <span className="faint">Available</span>
            <span className={areBalancesFresh ? undefined : "stale"}>
              {spendable === undefined ? "…" : showHolding(spendable)} {spentAsset(draft, market)}
            </span>
          </p>
        )}
        {draft.type === "LIMIT" && (
          <div className={styles["priced"]}>
            <Field
              label="Price"
              isNumber
              placeholder={best === undefined ? "" : format(best.price, { decimals: priceDecimals(market) })}
              suffix={market.quote}
              value={draft.price}
              error={problems.price}
              onText={(price) => change({ price })}
            />
            {bestText !== null && (
              <button type="button" className={styles["best"]} onClick={() => change({ price: bestText })}>
                {draft.side === "BUY" ? "Best ask" : "Best bid"}
              </button>
            )}
          </div>
        )}
        <div className={styles["amount"]}>
          <Field
            label={countsBase(draft) ? "Quantity" : draft.side === "BUY" ? "Amount to spend" : "Amount to receive"}
            isNumber
            placeholder={
              countsBase(draft) ? `At least ${format(decimal(market.min_quantity ?? market.lot_size))}` : "0"
            }
            suffix={amountAsset}
            value={draft.amount}
            error={problems.amount}
            onText={(amount) => change({ amount })}
          />
          {draft.type === "MARKET" && (
            <Segmented
              label="Amount in"
              isPlain
              choices={[
                { value: "base", label: market.base },
                { value: "quote", label: market.quote },
              ]}
              value={draft.amountIn}
              onChange={(amountIn) => change({ amountIn, amount: "" })}
            />
          )}
        </div>
        {isSignedIn && (
          <div className={styles["percents"]} role="group" aria-label="Part of what is available">
            {PERCENTS.map((percent) => (
              <button
                key={percent.toString()}
                type="button"
                className="button tiny"
                disabled={spendable === undefined}
                onClick={() => takePercent(percent)}
              >
                {percent.toString()} %
              </button>
            ))}
          </div>
        )}
        {draft.type === "LIMIT" && <LimitOptions draft={draft} onChange={change} />}
        <EstimateList
          draft={draft}
          market={market}
          estimated={estimated}
          fees={fees}
          isFresh={guard?.isStale !== true}
        />
        {isSignedIn ? (
          <button
            type="submit"
            className={`button large wide ${draft.side === "BUY" ? "buy" : "sell"}`}
            disabled={isSending || hasProblem || guard !== null || !isComplete(draft)}
          >
            {isSending ? "Sending…" : `${verb} ${market.base}`}
          </button>
        ) : (
          <SignInFirst />
        )}
        {guard !== null && (
          <p className={styles["guard"]} role="status">
            {guard.text}
          </p>
        )}
        {answer !== null && (
          <div className={styles["answer"]} data-tone={answer.tone} role={answer.tone === "bad" ? "alert" : "status"}>
            <strong>{answer.title}</strong>
            <p>{answer.text}</p>
          </div>
        )}
      </form>
      <MarketRules market={market} />
      {isSignedIn && <PairBalances market={market} />}
    </section>
  );
}
