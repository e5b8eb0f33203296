/** What one subscription of the public stream keeps. A topic is fresh from its snapshot until the stream is interrupted. */

import { Book } from "./book";
import type { BookSnapshot, BookUpdate, Candle, ExchangeNotice, Interval, Market, PublicTrade, Ticker } from "./frames";
import type { Frame } from "./socket";
import { Observable } from "./store";

const LONGEST_TAPE = 60;

export type Channel = "book" | "trades" | "ticker" | "candles" | "market" | "notices";

export abstract class Topic extends Observable {
  /** Whether what the topic keeps is the present. Updates count only then; the next snapshot makes it so again. */
  isFresh = false;

  abstract readonly channel: Channel;
  /** Ask for the topic anew, because what came does not join. */
  resync: () => void = () => undefined;

  constructor(
    readonly symbol: string,
    readonly interval: Interval | null = null,
  ) {
    super();
  }

  get key(): string {
    return topicKey(this.channel, this.symbol, this.interval);
  }

  receive(frame: Frame): void {
    if (frame.type === "snapshot") {
      this.replace(frame);
      this.isFresh = true;
    } else if (!this.isFresh) {
      return;
    } else if (!this.update(frame)) {
      this.isFresh = false;
      this.resync();
    }
    this.changed();
  }

  interrupt(): void {
    this.isFresh = false;
    this.changed();
  }

  protected abstract replace(snapshot: Frame): void;
  /** Take an update in; false where it does not join what is known. */
  protected abstract update(update: Frame): boolean;
}

export function topicKey(channel: string, symbol: string, interval: string | null): string {
  return interval === null ? `${channel} ${symbol}` : `${channel} ${symbol} ${interval}`;
}

export class BookTopic extends Topic {
  readonly channel = "book";
  readonly book = new Book();

  protected replace(snapshot: Frame): void {
    this.book.replace(snapshot as unknown as BookSnapshot);
  }

  protected update(update: Frame): boolean {
    return this.book.apply(update as unknown as BookUpdate);
  }
}

export class TradesTopic extends Topic {
  readonly channel = "trades";
  /** Newest first. */
  trades: readonly PublicTrade[] = [];

  protected replace(snapshot: Frame): void {
    this.trades = snapshot["trades"] as readonly PublicTrade[];
  }

  protected update(update: Frame): boolean {
    const newest = this.trades[0]?.number ?? 0;
    const news = (update["trades"] as readonly PublicTrade[]).filter((trade) => trade.number > newest);
    if (news[0] !== undefined && news[0].number !== newest + 1) return false;
    const trades = [...news].reverse().concat(this.trades).slice(0, LONGEST_TAPE);
    const busted = new Set(((update["busted"] ?? []) as readonly { number: number }[]).map((bust) => bust.number));
    this.trades = trades.map((trade) => (busted.has(trade.number) ? { ...trade, is_busted: true } : trade));
    return true;
  }
}

/** Each ticker is whole by itself, so none needs the one before. */
export class TickerTopic extends Topic {
  readonly channel = "ticker";
  private readonly tickers = new Map<string, Ticker>();

  ticker(symbol: string): Ticker | undefined {
    return this.tickers.get(symbol);
  }

  protected replace(snapshot: Frame): void {
    this.tickers.set(snapshot["symbol"] as string, snapshot["ticker"] as Ticker);
  }

  protected update(update: Frame): boolean {
    this.replace(update);
    return true;
  }
}

export class MarketTopic extends Topic {
  readonly channel = "market";
  private readonly markets = new Map<string, Market>();

  market(symbol: string): Market | undefined {
    return this.markets.get(symbol);
  }

  protected replace(snapshot: Frame): void {
    this.markets.set(snapshot["symbol"] as string, snapshot["market"] as Market);
  }

  protected update(update: Frame): boolean {
    this.replace(update);
    return true;
  }
}

/** Until history is read anew there can be no more to draw. */
const NEWEST_CANDLES = 300;

export class CandlesTopic extends Topic {
  readonly channel = "candles";
  candle: Candle | null = null;
  /** The candles of this connection, oldest first, each as it was told last: one may end while another begins. */
  newest: readonly Candle[] = [];
  /** Grows where candles may have been missed, so that history is to be read again. */
  gaps = 0;
  private sequence: number | null = null;

  protected replace(snapshot: Frame): void {
    if (this.sequence !== null) this.gaps += 1;
    this.remember(snapshot);
  }

  protected update(update: Frame): boolean {
    if (update["sequence"] !== (this.sequence ?? 0) + 1) this.gaps += 1;
    this.remember(update);
    return true;
  }

  private remember(frame: Frame): void {
    this.sequence = frame["sequence"] as number;
    const candle = frame["candle"] as Candle | null;
    this.candle = candle;
    if (candle !== null) {
      const before = this.newest.filter(({ opened_at }) => opened_at < candle.opened_at);
      this.newest = [...before.slice(1 - NEWEST_CANDLES), candle];
    }
  }
}

/** What the exchange says to everybody; each message has all of it. */
export class NoticesTopic extends Topic {
  readonly channel = "notices";
  notices: readonly ExchangeNotice[] = [];

  protected replace(snapshot: Frame): void {
    this.notices = snapshot["notices"] as readonly ExchangeNotice[];
  }

  protected update(update: Frame): boolean {
    this.replace(update);
    return true;
  }
}
