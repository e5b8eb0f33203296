import { useMemo, useState, type FormEvent } from "react";
import { Link, useLocation } from "react-router";
import { ApiError, explain } from "../../api/errors";
import { available, useBalances } from "../../app/account";
import { priceDecimals, showHolding } from "../../app/amounts";
import { useLastPrice } from "../../app/lastPrice";
import { useAccount, useFees, useIsSignedIn, useSession } from "../../app/queries";
import { useBookTopic, useChanges, useConnection, useFreshness, useMarketTopic } from "../../app/streams";
import { Field } from "../../components/Field";
import { Segmented } from "../../components/Segmented";
import { decimal, format, toText } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import { amountForPercent, countsBase, estimate, isComplete, problemsOf, spentAsset, type Draft, type Side, type TimeInForce } from "./draft";
import { EstimateList } from "./EstimateList";
import { PairBalances } from "./PairBalances";
import { describe, placeOrder, type Outcome } from "./placing";
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
            placeholder={countsBase(draft) ? `At least ${format(decimal(market.min_quantity ?? market.lot_size))}` : "0"}
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
        <EstimateList draft={draft} market={market} estimated={estimated} fees={fees} isFresh={guard?.isStale !== true} />
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
      {isSignedIn && <PairBalances market={market} />}
    </section>
  );
}

interface Guard {
  readonly text: string;
  readonly isStale?: boolean;
}

/** Why no order can be placed now; null where one can. */
function useGuard(market: Market, isFresh: boolean): Guard | null {
  const connection = useConnection();
  const areMarketsFresh = useFreshness(useMarketTopic());
  const { data: account } = useAccount();
  const reason = market.state_reason === "" ? "" : ` Reason: ${market.state_reason}.`;
  const name = `${market.base}/${market.quote}`;
  if (market.state === "HALTED") return { text: `${name} is halted.${reason} New orders are not taken; open ones can be cancelled.` };
  if (market.state === "CLOSED") return { text: `${name} is closed.${reason} New orders are not taken; open ones can be cancelled.` };
  if (account?.state === "trade_frozen") return { text: "Trading is frozen for your account. Orders can be cancelled." };
  if (account?.state === "closed") return { text: "Your account is closed." };
  if (connection !== "live" || !isFresh || !areMarketsFresh) {
    return { text: "Waiting for live data. Orders can be placed again as soon as prices and balances are current.", isStale: true };
  }
  return null;
}

const TIMES: readonly { value: TimeInForce; label: string }[] = [
  { value: "GTC", label: "Good till cancelled" },
  { value: "IOC", label: "Immediate or cancel" },
  { value: "FOK", label: "Fill or kill" },
];

function LimitOptions({ draft, onChange }: { draft: Draft; onChange: (part: Partial<Draft>) => void }) {
  return (
    <div className={styles["options"]}>
      <label>
        <span className="visually-hidden">Time in force</span>
        <select
          className="select small"
          value={draft.timeInForce}
          onChange={(event) => onChange({ timeInForce: TIMES.find(({ value }) => value === event.target.value)?.value ?? "GTC" })}
        >
          {TIMES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="check" title="Refuse the order rather than trade at once: it pays the maker’s fee for certain.">
        <input
          type="checkbox"
          checked={draft.isPostOnly && draft.timeInForce === "GTC"}
          disabled={draft.timeInForce !== "GTC"}
          onChange={(event) => onChange({ isPostOnly: event.target.checked })}
        />
        Post-only
      </label>
    </div>
  );
}

function SignInFirst() {
  const { pathname } = useLocation();
  const { isPending } = useSession();
  if (isPending) return null;
  const state = { next: pathname };
  return (
    <div className={styles["invitation"]}>
      <Link to="/sign-in" state={state} className="button primary large wide">
        Sign in to trade
      </Link>
      <p className="faint">
        New here?{" "}
        <Link to="/sign-up" state={state}>
          Create an account
        </Link>
      </p>
    </div>
  );
}
