import { describe, expect, it } from "vitest";
import { secondsUntil, showDuration } from "./times";

describe("countdowns", () => {
  it("counts begun seconds, and ends at 0", () => {
    const at = Date.parse("2026-05-04T12:30:00.250000Z");
    expect([at - 1_001, at - 1_000, at - 1, at, at + 5_000].map((now) => secondsUntil(at, now))).toEqual([
      2, 1, 1, 0, 0,
    ]);
  });

  it("writes hours only where there are some", () => {
    expect([0, 9, 45, 60, 723, 3_599, 3_600, 3_723].map(showDuration)).toEqual([
      "0:00",
      "0:09",
      "0:45",
      "1:00",
      "12:03",
      "59:59",
      "1:00:00",
      "1:02:03",
    ]);
  });
});
