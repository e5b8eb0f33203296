import { describe, expect, it } from "vitest";
import type { Market } from "../../streams/frames";
import type { Draft } from "./draft";
import { LIMIT, MARKET, OCO_SELL, STOP_SELL } from "./fixtures";
import { closedReason, collectingNote, isKindClosed, notCollectedReason, phaseOf } from "./marketPhase";

const AUCTION: Market = { ...MARKET, state: "AUCTION", state_until: "2026-05-04T12:30:00.000000Z" };

describe("the market's state", () => {
  it("closes the form where no order is taken, and says why and until when", () => {
    expect(closedReason(MARKET)).toBeNull();
    expect(closedReason(AUCTION)).toBeNull();
    expect(closedReason({ ...MARKET, state: "CANCEL_ONLY" })).toContain("takes cancels only");
    expect(closedReason({ ...MARKET, state: "CLOSED", state_reason: "it is delisted" })).toContain("it is delisted");
    const halted: Market = { ...AUCTION, state: "HALTED", state_reason: "CIRCUIT_BREAKER" };
    expect(closedReason(halted)).toMatch(/is halted until \d\d:\d\d:00\. Reason: the price moved too far/);
    expect(closedReason({ ...halted, state_until: null })).toContain("is halted. Reason");
  });

  it("says that orders are collected, and when they trade", () => {
    expect(collectingNote(MARKET)).toBeNull();
    expect(collectingNote({ ...MARKET, state: "PRE_OPEN" })).toContain("when it opens");
    expect(collectingNote(AUCTION)).toMatch(/at \d\d:\d\d:00\.$/);
    expect(collectingNote({ ...AUCTION, state_until: null })).toContain("when it ends");
  });

  it("says what comes next, where something does", () => {
    const breaker = { move: "0.1", window_seconds: 60, halt_seconds: 30, auction_seconds: 60 };
    const halted: Market = { ...AUCTION, state: "HALTED", state_reason: "CIRCUIT_BREAKER", circuit_breaker: breaker };
    expect(phaseOf(MARKET)).toBeNull();
    expect(phaseOf({ ...MARKET, state: "CLOSED" })).toBeNull();
    expect(phaseOf(AUCTION)?.next).toBe("Orders trade in");
    expect(phaseOf(halted)).toEqual({
      title: "Halted",
      next: "Auction begins in",
      reason: "the price moved too far in a short time",
    });
    expect(phaseOf({ ...halted, circuit_breaker: { ...breaker, auction_seconds: 0 } })?.next).toBe("Goes on in");
    expect(phaseOf({ ...halted, state_until: null })?.next).toBeNull();
  });

  it.each<[Partial<Draft>, string]>([
    [{ kind: "MARKET" }, "market order"],
    [{ timeInForce: "IOC" }, "immediate or cancel"],
    [{ timeInForce: "FOK" }, "fill or kill"],
    [{ isPostOnly: true }, "post-only"],
    [OCO_SELL, "pair"],
  ])("does not collect %j", (change, words) => {
    const draft = { ...LIMIT, ...change };
    expect(notCollectedReason(draft, AUCTION)).toContain(words);
    expect(notCollectedReason(draft, MARKET)).toBeNull();
  });

  it("collects what can rest or wait", () => {
    for (const draft of [LIMIT, STOP_SELL, { ...LIMIT, timeInForce: "GTD" as const }]) {
      expect(notCollectedReason(draft, AUCTION)).toBeNull();
    }
    expect([isKindClosed("MARKET", AUCTION), isKindClosed("OCO", AUCTION), isKindClosed("LIMIT", AUCTION)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
