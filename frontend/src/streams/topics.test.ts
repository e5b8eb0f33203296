import { describe, expect, it, vi } from "vitest";
import type { PublicTrade } from "./frames";
import { BookTopic, CandlesTopic, NoticesTopic, TradesTopic, type Topic } from "./topics";

function watched<Kind extends Topic>(topic: Kind): { topic: Kind; resync: ReturnType<typeof vi.fn> } {
  vi.stubGlobal("requestAnimationFrame", (call: () => void) => call());
  const resync = vi.fn();
  topic.resync = resync;
  return { topic, resync };
}

function trades(...numbers: number[]): PublicTrade[] {
  return numbers.map((number) => ({
    id: String(number),
    number,
    price: "1",
    quantity: "1",
    quote_amount: "1",
    taker_side: "BUY",
    is_house: false,
    is_busted: false,
    executed_at: "2026-01-20T14:25:00.000000Z",
  }));
}

describe("a book", () => {
  it("asks once for a snapshot after a gap, and is not fresh until it comes", () => {
    const { topic, resync } = watched(new BookTopic("BTC-USDT"));
    topic.receive({ type: "snapshot", last_update_id: 1, bids: [["1", "1"]], asks: [] });
    expect(topic.isFresh).toBe(true);
    for (const id of [3, 4])
      topic.receive({ type: "update", first_update_id: id, last_update_id: id, bids: [], asks: [] });
    expect(topic.isFresh).toBe(false);
    expect(topic.book.bids).toEqual([]);
    expect(resync).toHaveBeenCalledTimes(1);
    topic.receive({ type: "snapshot", last_update_id: 9, bids: [["2", "1"]], asks: [] });
    expect(topic.isFresh).toBe(true);
    expect(topic.book.bids).toHaveLength(1);
  });

  it("does not go on with diffs after an interruption", () => {
    const { topic } = watched(new BookTopic("BTC-USDT"));
    topic.receive({ type: "snapshot", last_update_id: 1, bids: [["1", "1"]], asks: [] });
    topic.interrupt();
    topic.receive({ type: "update", first_update_id: 2, last_update_id: 2, bids: [["5", "1"]], asks: [] });
    expect(topic.isFresh).toBe(false);
    expect(topic.book.bids).toHaveLength(1);
  });
});

describe("a tape", () => {
  it("puts new trades first, each once, and sees a missing one", () => {
    const { topic, resync } = watched(new TradesTopic("BTC-USDT"));
    topic.receive({ type: "snapshot", trades: trades(3, 2, 1) });
    topic.receive({ type: "update", trades: trades(3, 4, 5) });
    expect(topic.trades.map((trade) => trade.number)).toEqual([5, 4, 3, 2, 1]);
    topic.receive({ type: "update", trades: trades(7) });
    expect(topic.isFresh).toBe(false);
    expect(resync).toHaveBeenCalledTimes(1);
  });

  it("marks what was undone, and goes on", () => {
    const { topic } = watched(new TradesTopic("BTC-USDT"));
    topic.receive({ type: "snapshot", trades: trades(2, 1) });
    topic.receive({ type: "update", trades: [], busted: [{ trade_id: "1", number: 1 }] });
    topic.receive({ type: "update", trades: trades(3), busted: [] });
    expect(topic.trades.map((trade) => trade.is_busted)).toEqual([false, false, true]);
    expect(topic.isFresh).toBe(true);
  });
});

describe("candles", () => {
  it("count what may have been missed", () => {
    const { topic } = watched(new CandlesTopic("BTC-USDT", "1m"));
    topic.receive({ type: "snapshot", sequence: 4, candle: {} });
    topic.receive({ type: "update", sequence: 5, candle: {} });
    expect(topic.gaps).toBe(0);
    topic.receive({ type: "update", sequence: 7, candle: {} });
    expect(topic.gaps).toBe(1);
    topic.interrupt();
    topic.receive({ type: "snapshot", sequence: 1, candle: {} });
    expect(topic.gaps).toBe(2);
  });

  it("are all kept, each as it was told last", () => {
    const { topic } = watched(new CandlesTopic("BTC-USDT", "1s"));
    const candle = (second: number, close: string) => ({ opened_at: `2026-01-20T14:25:0${second}.000000Z`, close });
    topic.receive({ type: "snapshot", sequence: 1, candle: null });
    topic.receive({ type: "update", sequence: 2, candle: candle(1, "10") });
    topic.receive({ type: "update", sequence: 3, candle: candle(1, "11") });
    topic.receive({ type: "update", sequence: 4, candle: candle(2, "12") });
    expect(topic.newest.map(({ close }) => close)).toEqual(["11", "12"]);
    expect(topic.candle).toEqual(candle(2, "12"));
  });
});

describe("notices", () => {
  it("are all that the newest message has, and old news while the stream is away", () => {
    const { topic } = watched(new NoticesTopic("*"));
    topic.receive({ type: "snapshot", notices: [{ id: "1" }, { id: "halt-BTC-USDT" }], sequence: 0 });
    topic.receive({ type: "update", notices: [{ id: "1" }], sequence: 1 });
    expect(topic.notices.map((notice) => notice.id)).toEqual(["1"]);
    topic.interrupt();
    expect(topic.isFresh).toBe(false);
  });
});
