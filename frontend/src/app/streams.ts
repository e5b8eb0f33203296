/** The page's two streams, and how components read them. */

import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { Interval, Market, Ticker } from "../streams/frames";
import { MarketStream } from "../streams/market";
import type { ConnectionState } from "../streams/socket";
import type { Observable, Value } from "../streams/store";
import {
  BookTopic,
  CandlesTopic,
  MarketTopic,
  NoticesTopic,
  TickerTopic,
  topicKey,
  TradesTopic,
  type Topic,
} from "../streams/topics";
import { UserStream, type UserStreamState } from "../streams/user";
import { streamAddress } from "./config";

export const marketStream = new MarketStream(streamAddress("/ws/v1/market"));
export const userStream = new UserStream(streamAddress("/ws/v1/user"));

export function useValue<Content>(value: Value<Content>): Content {
  return useSyncExternalStore(value.subscribe, value.get);
}

/** Render again when `observable` changes; its number of changes so far. */
export function useChanges(observable: Observable): number {
  return useSyncExternalStore(observable.subscribe, observable.getVersion);
}

function useTopic<Kind extends Topic>(key: string, make: () => Kind): Kind {
  // The key says all that `make` depends on.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const topic = useMemo(() => marketStream.topic(key, make), [key]);
  useEffect(() => {
    marketStream.hold(key, topic);
    return () => marketStream.release(key);
  }, [key, topic]);
  return topic;
}

export function useBookTopic(symbol: string): BookTopic {
  return useTopic(topicKey("book", symbol, null), () => new BookTopic(symbol));
}

export function useTradesTopic(symbol: string): TradesTopic {
  return useTopic(topicKey("trades", symbol, null), () => new TradesTopic(symbol));
}

export function useCandlesTopic(symbol: string, interval: Interval): CandlesTopic {
  return useTopic(topicKey("candles", symbol, interval), () => new CandlesTopic(symbol, interval));
}

export function useTickerTopic(): TickerTopic {
  return useTopic(topicKey("ticker", "*", null), () => new TickerTopic("*"));
}

export function useMarketTopic(): MarketTopic {
  return useTopic(topicKey("market", "*", null), () => new MarketTopic("*"));
}

export function useNoticesTopic(): NoticesTopic {
  return useTopic(topicKey("notices", "*", null), () => new NoticesTopic("*"));
}

/** The newest ticker of one market; renders only when that one changes. */
export function useStreamedTicker(symbol: string): Ticker | undefined {
  const topic = useTickerTopic();
  return useSyncExternalStore(topic.subscribe, () => topic.ticker(symbol));
}

export function useStreamedMarket(symbol: string): Market | undefined {
  const topic = useMarketTopic();
  return useSyncExternalStore(topic.subscribe, () => topic.market(symbol));
}

export function useFreshness(topic: Topic): boolean {
  const isFresh = useSyncExternalStore(topic.subscribe, () => topic.isFresh);
  return useValue(marketStream.socket.state) === "live" && isFresh;
}

export function useUserStream(): UserStreamState {
  const state = useValue(userStream.state);
  const isLive = useValue(userStream.socket.state) === "live";
  return useMemo(() => ({ ...state, isFresh: state.isFresh && isLive }), [state, isLive]);
}

/** The state of the whole page: as good as its worse stream. */
export function useConnection(): ConnectionState {
  const market = useValue(marketStream.socket.state);
  const user = useValue(userStream.socket.state);
  if (user === "idle") return market;
  const worst: readonly ConnectionState[] = ["reconnecting", "connecting", "stale"];
  return worst.find((state) => market === state || user === state) ?? market;
}
