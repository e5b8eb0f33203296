import { useEffect, useMemo, useRef, useState, type FormEvent } from "react";
import { available, useBalances } from "../../app/account";
import { showHolding } from "../../app/amounts";
import { useLastPrice } from "../../app/lastPrice";
import { useIsSignedIn, useRates } from "../../app/queries";
import { useBookTopic, useChanges, useFreshness } from "../../app/streams";
import { Segmented } from "../../components/Segmented";
import { toText } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import { AmountEntries } from "./AmountEntries";
import { canCountQuote, isComplete, spentAsset, type Draft } from "./draft";
import { estimate } from "./estimate";
import { EstimateList } from "./EstimateList";
import { KindChoice } from "./KindChoice";
import type { Kind, Side } from "./kinds";
import { MarketRules } from "./MarketRules";
import { collectingNote } from "./marketPhase";
import { OrderOptions } from "./OrderOptions";
import { describe, describeFailure, type Outcome } from "./outcome";
import { PairBalances } from "./PairBalances";
import { amountForPercent } from "./percent";
import { placeOrder } from "./placing";
import { PriceEntries } from "./PriceEntries";
import { problemsOf } from "./problems";
import { SignInFirst } from "./SignInFirst";
import { useGuard } from "./useGuard";
import styles from "./OrderForm.module.css";

const FALLBACK_RATES = { maker: "0", taker: "0" };

interface Props {
  readonly market: Market;
  readonly draft: Draft;
  readonly setDraft: (change: (draft: Draft) => Draft) => void;
}

export function OrderForm({ market: listed, draft, setDraft }: Props) {
  const { price: lastPrice } = useLastPrice(listed);
  // Price bands and triggers are held against the last price.
  const market = useMemo(() => ({ ...listed, last_price: lastPrice }), [listed, lastPrice]);
  const [answer, setAnswer] = useState<Outcome | null>(null);
  const [isSending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const isSignedIn = useIsSignedIn();
  const rates = useRates(listed.symbol);
  const { balances, isFresh: areBalancesFresh } = useBalances();
  const book = useBookTopic(market.symbol);
  useChanges(book);
  const guard = useGuard(draft, market, useFreshness(book) && (!isSignedIn || areBalancesFresh));

  const spendable = isSignedIn ? available(balances, spentAsset(draft, market)) : undefined;
  const found = problemsOf(draft, market, spendable);
  const problems = answer?.entry === undefined ? found : { [answer.entry]: answer.text, ...found };
  const estimated = estimate(draft, market, book.book, rates ?? FALLBACK_RATES);
  const best = (draft.side === "BUY" ? book.book.asks[0] : book.book.bids[0])?.price ?? null;
  const bestText = best === null ? null : toText(best);
  const note = collectingNote(market);
  const canBeSent = !isSending && Object.keys(found).length === 0 && guard === null && isComplete(draft);

  useEffect(() => {
    // Who hears the page rather than sees it is taken to what the exchange refused.
    if (answer?.entry !== undefined) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [answer]);

  function change(part: Partial<Draft>): void {
    setDraft((known) => ({ ...known, ...part }));
    setAnswer(null);
  }

  function changeSide(side: Side): void {
    // Buyers think in what they spend, sellers in what they have.
    const isAmountOld = canCountQuote(draft) || canCountQuote({ ...draft, side });
    change({ side, amountIn: side === "BUY" ? "quote" : "base", ...(isAmountOld ? { amount: "" } : {}) });
  }

  function changeKind(kind: Kind): void {
    const keepsAmount = !canCountQuote(draft) && !canCountQuote({ ...draft, kind });
    change({ kind, ...(keepsAmount ? {} : { amount: "" }) });
  }

  function takePercent(percent: bigint): void {
    if (spendable === undefined) return;
    // Without a price, the best one of the other side is meant; a price that is to wait is the reader's own to name.
    const takesBest =
      draft.price.trim() === "" && bestText !== null && (draft.kind === "LIMIT" || draft.kind === "ICEBERG");
    const price = takesBest ? bestText : draft.price;
    const amount = amountForPercent({ ...draft, price }, market, book.book, spendable, percent);
    if (amount !== null) change({ price, amount });
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!canBeSent) return;
    setSending(true);
    setAnswer(null);
    try {
      setAnswer(describe(await placeOrder(draft, market), market));
      setDraft((known) => ({ ...known, amount: "" }));
    } catch (error) {
      setAnswer(describeFailure(error));
    } finally {
      setSending(false);
    }
  }

  return (
    <section className={styles["panel"]} aria-label="Place an order">
      <form
        ref={form}
        className={styles["form"]}
        aria-label="Order form"
        noValidate
        onSubmit={(event) => void submit(event)}
      >
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
        {note !== null && (
          <p className={styles["note"]} role="status">
            {note}
          </p>
        )}
        <KindChoice draft={draft} market={market} onChange={changeKind} />
        {isSignedIn && (
          <p className={styles["available"]}>
            <span className="faint">Available</span>
            <span className={areBalancesFresh ? undefined : "stale"}>
              {spendable === undefined ? "…" : showHolding(spendable)} {spentAsset(draft, market)}
            </span>
          </p>
        )}
        <PriceEntries
          draft={draft}
          market={market}
          best={best}
          bestText={bestText}
          problems={problems}
          onChange={change}
        />
        <AmountEntries
          draft={draft}
          market={market}
          problems={problems}
          onChange={change}
          onPercent={isSignedIn ? takePercent : null}
          canTakePercent={spendable !== undefined}
        />
        <OrderOptions draft={draft} market={market} problems={problems} onChange={change} />
        <EstimateList
          draft={draft}
          market={market}
          estimated={estimated}
          rates={rates}
          isFresh={guard?.isStale !== true}
        />
        {isSignedIn ? (
          <button
            type="submit"
            className={`button large wide ${draft.side === "BUY" ? "buy" : "sell"}`}
            disabled={!canBeSent}
          >
            {isSending ? "Sending…" : `${draft.side === "BUY" ? "Buy" : "Sell"} ${market.base}`}
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
