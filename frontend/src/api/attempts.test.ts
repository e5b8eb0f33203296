import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { untilAnswered, UnknownFate } from "./attempts";
import { ApiError, NoAnswer, UNEXPECTED_ANSWER } from "./errors";

describe("untilAnswered", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function outcomeOf(...results: (Error | string)[]): Promise<{ sent: number; outcome: unknown }> {
    let sent = 0;
    const send = (): Promise<string> => {
      const result = results[sent++] ?? "late";
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    };
    const outcome = untilAnswered(send).catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    return { sent, outcome: await outcome };
  }

  it("sends again while nobody answers", async () => {
    const proxy = new ApiError(502, UNEXPECTED_ANSWER, "", {}, "", null);
    expect(await outcomeOf(new NoAnswer(), proxy, "placed")).toEqual({ sent: 3, outcome: "placed" });
  });

  it("takes a no for an answer", async () => {
    const refusal = new ApiError(422, "PRICE_OFF_TICK", "", {}, "", null);
    expect(await outcomeOf(refusal)).toEqual({ sent: 1, outcome: refusal });
  });

  it("says that it does not know when nobody answers at all", async () => {
    const { sent, outcome } = await outcomeOf(new NoAnswer(), new NoAnswer(), new NoAnswer());
    expect(sent).toBe(3);
    expect(outcome).toBeInstanceOf(UnknownFate);
  });
});
