import { describe, expect, it } from "vitest";
import {
  add,
  compare,
  decimal,
  decimalsOf,
  divide,
  format,
  formatCompact,
  isMultiple,
  multiply,
  parse,
  round,
  roundToStep,
  subtract,
  thousandths,
  toText,
  type Decimal,
  type Rounding,
} from "./decimal";

/** A generator with a fixed start: a failure can be repeated. */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
}

function randomDecimal(next: () => number): Decimal {
  const units = BigInt(next()) * BigInt(next() % 1_000_003) * (next() % 2 === 0 ? 1n : -1n);
  return { units, scale: next() % 19 };
}

describe("parse", () => {
  it.each(["0", "0.1", "-0.1", "65000.01", "0.000000000000000001", "123456789012345678901234567890.5"])(
    "reads %s",
    (text) => {
      expect(toText(decimal(text))).toBe(text);
    },
  );
  it.each(["", ".", "1.", ".5", "1e5", "NaN", "Infinity", "+1", " 1", "1,5", "0x1", "1.2.3", "--1", "9".repeat(61)])(
    "refuses %j",
    (text) => {
      expect(parse(text)).toBeNull();
      expect(() => decimal(text)).toThrow(RangeError);
    },
  );
  it("keeps what a float would lose", () => {
    expect(toText(add(decimal("0.1"), decimal("0.2")))).toBe("0.3");
    expect(toText(add(decimal("9007199254740993"), decimal("0.000000000000000001")))).toBe(
      "9007199254740993.000000000000000001",
    );
  });
});

describe("arithmetic", () => {
  const next = randomNumbers(7);
  const triples = Array.from(
    { length: 300 },
    () => [randomDecimal(next), randomDecimal(next), randomDecimal(next)] as const,
  );

  it("adds and subtracts back", () => {
    for (const [a, b] of triples) expect(compare(subtract(add(a, b), b), a)).toBe(0);
  });
  it("distributes multiplication over addition", () => {
    for (const [a, b, c] of triples)
      expect(compare(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)))).toBe(0);
  });
  it("orders as the sign of the difference", () => {
    for (const [a, b] of triples) {
      const difference = subtract(a, b).units;
      expect(compare(a, b)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
    }
  });
  it("writes what it can read again", () => {
    for (const [a] of triples) expect(compare(decimal(toText(a)), a)).toBe(0);
  });
  it("divides to within one unit, on the side the rounding names", () => {
    for (const [a, b] of triples) {
      if (b.units === 0n) continue;
      const floor = divide(a, b, 8, "floor");
      const down = divide(a, b, 8, "down");
      const up = divide(a, b, 8, "up");
      const half = divide(a, b, 8, "half");
      expect(up.units - down.units === 0n || [1n, -1n].includes(up.units - down.units)).toBe(true);
      expect([up.units, down.units]).toContain(half.units);
      const isNegative = a.units < 0n !== b.units < 0n && a.units !== 0n;
      expect(floor.units).toBe(isNegative ? up.units : down.units);
      const product = multiply(down, b);
      const size = (number: Decimal): Decimal => (number.units < 0n ? { ...number, units: -number.units } : number);
      expect(compare(size(product), size(a))).toBeLessThanOrEqual(0);
    }
  });
  it("floors to a step and never above", () => {
    const step = decimal("0.0025");
    for (const [a] of triples) {
      const floored = roundToStep(a, step, "floor");
      expect(isMultiple(floored, step)).toBe(true);
      expect(compare(floored, a)).toBeLessThanOrEqual(0);
      expect(compare(subtract(a, floored), step)).toBe(-1);
    }
  });
  it("refuses to divide by zero", () => {
    expect(() => divide(decimal("1"), decimal("0.00"), 2, "down")).toThrow(RangeError);
  });
});

describe("round", () => {
  const cases: [string, Rounding, string][] = [
    ["1.25", "half", "1.3"],
    ["-1.25", "half", "-1.3"],
    ["1.249", "half", "1.2"],
    ["1.29", "down", "1.2"],
    ["-1.29", "down", "-1.2"],
    ["1.21", "up", "1.3"],
    ["-1.21", "up", "-1.3"],
    ["1.2", "up", "1.2"],
    ["-1.21", "floor", "-1.3"],
    ["1.29", "floor", "1.2"],
  ];
  it.each(cases)("%s %s is %s", (text, rounding, expected) => {
    expect(toText(round(decimal(text), 1, rounding))).toBe(expected);
  });
});

describe("for people", () => {
  it("groups, pads and cuts off", () => {
    expect(format(decimal("1234567.891"), { decimals: 2 })).toBe("1,234,567.89");
    expect(format(decimal("65000"), { decimals: 2 })).toBe("65,000.00");
    expect(format(decimal("0.10000000"), { decimals: 8, least: 2 })).toBe("0.10");
    expect(format(decimal("999"))).toBe("999");
    expect(format(decimal("0.009"), { decimals: 2 })).toBe("0.00");
  });
  it("shows signs", () => {
    expect(format(decimal("1.5"), { signed: true })).toBe("+1.5");
    expect(format(decimal("-1234.5"), { signed: true })).toBe("−1,234.5");
    expect(format(decimal("0.001"), { signed: true, decimals: 2 })).toBe("0.00");
  });
  it("shortens large sums", () => {
    expect(formatCompact(decimal("12345678.9"), 2)).toBe("12.35M");
    expect(formatCompact(decimal("9999.994"), 2)).toBe("9,999.99");
    expect(formatCompact(decimal("10000"), 2)).toBe("10.00K");
  });
});

it("knows how many decimals a step needs", () => {
  expect(decimalsOf(decimal("0.010"))).toBe(2);
  expect(decimalsOf(decimal("10"))).toBe(0);
  expect(decimalsOf(decimal("0.00001"))).toBe(5);
});

it("gives widths of bars in thousandths", () => {
  expect(thousandths(decimal("0.5"), decimal("2"))).toBe(250n);
  expect(thousandths(decimal("3"), decimal("2"))).toBe(1000n);
  expect(thousandths(decimal("1"), decimal("0"))).toBe(0n);
});
