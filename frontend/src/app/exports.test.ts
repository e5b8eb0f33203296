import { describe, expect, it } from "vitest";
import { exportAddress, isTooLongToExport, periodOf } from "./exports";

describe("periods", () => {
  it("begin and end with the reader's days", () => {
    const { from, to } = periodOf({ first: "2026-01-20", last: "2026-01-20" });
    expect(Date.parse(to ?? "") - Date.parse(from ?? "")).toBe(24 * 60 * 60 * 1000 - 1);
    expect(new Date(from ?? "").getHours()).toBe(0);
  });

  it("stay open where no day is chosen or the day is half typed", () => {
    expect(periodOf({})).toEqual({ from: undefined, to: undefined });
    expect(periodOf({ first: "0002-99-01" })).toEqual({ from: undefined, to: undefined });
  });
});

describe("exports", () => {
  it("have at most 366 days", () => {
    const from = "2025-01-01T00:00:00.000Z";
    expect(isTooLongToExport({ from, to: "2026-01-01T23:59:59.999Z" })).toBe(false);
    expect(isTooLongToExport({ from, to: "2026-01-02T00:00:00.001Z" })).toBe(true);
    expect(isTooLongToExport({ from }, Date.parse("2026-06-01T00:00:00Z"))).toBe(true);
    expect(isTooLongToExport({ to: "2026-01-02T00:00:00.001Z" })).toBe(false);
  });

  it("are asked for with the filters that are set", () => {
    expect(exportAddress("/api/v1/orders", { symbol: undefined })).toBe("/api/v1/orders/export");
    expect(exportAddress("/api/v1/orders", { symbol: "BTC-USDT", status: "OPEN,PARTIAL", limit: 5 })).toBe(
      "/api/v1/orders/export?symbol=BTC-USDT&status=OPEN%2CPARTIAL",
    );
  });
});
