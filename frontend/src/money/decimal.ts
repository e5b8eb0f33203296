/**
 * Exact decimals for money: a whole number of units of 10^-scale, as a bigint. The one place that calculates with amounts.
 *
 * Amounts come from the API as plain decimal strings and go back as such; nothing in between is a float, so nothing rounds
 * unless a rounding is named. Functions never change their arguments.
 */

export interface Decimal {
  readonly units: bigint;
  /** Digits behind the point, 0 or more. */
  readonly scale: number;
}

/** down: towards zero. up: away from zero. half: to the nearest, halves away from zero. floor: towards minus infinity. */
export type Rounding = "down" | "up" | "half" | "floor";

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;
const LONGEST_TEXT = 60;

export const ZERO: Decimal = { units: 0n, scale: 0 };
export const ONE: Decimal = { units: 1n, scale: 0 };
export const HUNDRED: Decimal = { units: 100n, scale: 0 };

/** The number that `text` writes in plain notation, or null where it writes none. */
export function parse(text: string): Decimal | null {
  const match = text.length <= LONGEST_TEXT ? PLAIN.exec(text) : null;
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = ""] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === "-" ? -units : units, scale: fraction.length };
}

/** As `parse`, for texts that are numbers by contract. Throws a RangeError where one is not. */
export function decimal(text: string): Decimal {
  const number = parse(text);
  if (number === null) throw new RangeError(`Not a plain decimal: ${text}`);
  return number;
}

function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** The units of `number` at `scale`, which must not be smaller than its own. */
function unitsAt(number: Decimal, scale: number): bigint {
  return number.units * powerOfTen(scale - number.scale);
}

function atLargerScale<Result>(
  a: Decimal,
  b: Decimal,
  calculate: (a: bigint, b: bigint, scale: number) => Result,
): Result {
  const scale = Math.max(a.scale, b.scale);
  return calculate(unitsAt(a, scale), unitsAt(b, scale), scale);
}

export function add(a: Decimal, b: Decimal): Decimal {
  return atLargerScale(a, b, (left, right, scale) => ({ units: left + right, scale }));
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return atLargerScale(a, b, (left, right, scale) => ({ units: left - right, scale }));
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

export function negate(number: Decimal): Decimal {
  return { units: -number.units, scale: number.scale };
}

function divideUnits(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  if (remainder === 0n) return quotient;
  const away = dividend < 0n !== divisor < 0n ? -1n : 1n;
  const double = (remainder < 0n ? -remainder : remainder) * 2n;
  const size = divisor < 0n ? -divisor : divisor;
  switch (rounding) {
    case "down":
      return quotient;
    case "up":
      return quotient + away;
    case "half":
      return double >= size ? quotient + away : quotient;
    case "floor":
      return away < 0n ? quotient - 1n : quotient;
  }
}

/** a / b with `scale` digits behind the point. Throws a RangeError where b is zero. */
export function divide(a: Decimal, b: Decimal, scale: number, rounding: Rounding): Decimal {
  if (b.units === 0n) throw new RangeError("Division by zero");
  const shift = scale + b.scale - a.scale;
  const dividend = shift >= 0 ? a.units * powerOfTen(shift) : a.units;
  const divisor = shift >= 0 ? b.units : b.units * powerOfTen(-shift);
  return { units: divideUnits(dividend, divisor, rounding), scale };
}

/** Negative where a < b, 0 where they are equal, positive where a > b. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  return atLargerScale(a, b, (left, right) => (left < right ? -1 : left > right ? 1 : 0));
}

export function sign(number: Decimal): -1 | 0 | 1 {
  return number.units < 0n ? -1 : number.units > 0n ? 1 : 0;
}

export function smaller(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) <= 0 ? a : b;
}

export function larger(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) >= 0 ? a : b;
}

/** With exactly `scale` digits behind the point. */
export function round(number: Decimal, scale: number, rounding: Rounding): Decimal {
  return divide(number, ONE, scale, rounding);
}

/** The nearest multiple of `step` (positive) in the direction of `rounding`. */
export function roundToStep(number: Decimal, step: Decimal, rounding: Rounding): Decimal {
  return multiply(divide(number, step, 0, rounding), step);
}

export function isMultiple(number: Decimal, step: Decimal): boolean {
  return atLargerScale(number, step, (units, stepUnits) => units % stepUnits === 0n);
}

/** How many digits behind the point multiples of `step` need: 2 for 0.01 and for 0.010. */
export function decimalsOf(step: Decimal): number {
  let { units, scale } = step;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return scale;
}

/** Plain notation as the API takes it, without needless zeros: 1200.5 */
export function toText(number: Decimal): string {
  return write(number, { grouping: false, least: 0 });
}

function write(number: Decimal, style: { grouping: boolean; least: number }): string {
  const negative = number.units < 0n;
  const digits = (negative ? -number.units : number.units).toString().padStart(number.scale + 1, "0");
  const point = digits.length - number.scale;
  let whole = digits.slice(0, point);
  let fraction = digits.slice(point);
  while (fraction.length > style.least && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  fraction = fraction.padEnd(style.least, "0");
  if (style.grouping) whole = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const minus = style.grouping ? "−" : "-";
  return `${negative ? minus : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

export interface Style {
  /** Most digits behind the point; more are rounded away. Without it nothing is. */
  decimals?: number;
  /** Fewest digits behind the point; `decimals` if left out, so that columns line up. */
  least?: number;
  /** Down if left out: nobody is shown more than there is. */
  rounding?: Rounding;
  /** Write a plus before positive numbers. */
  signed?: boolean;
}

/** For people: 1,234.50, with a real minus sign. */
export function format(number: Decimal, style: Style = {}): string {
  const { decimals, rounding = "down", signed = false } = style;
  const rounded = decimals === undefined ? number : round(number, decimals, rounding);
  const text = write(rounded, { grouping: true, least: style.least ?? decimals ?? 0 });
  return signed && sign(rounded) > 0 ? `+${text}` : text;
}

const COMPACT: readonly (readonly [bigint, string])[] = [
  [1_000_000_000n, "B"],
  [1_000_000n, "M"],
  [1_000n, "K"],
];

/** For columns of sums that nobody calculates with: 12.34M. Below ten thousand as `format`. */
export function formatCompact(number: Decimal, decimals: number): string {
  const size = number.units < 0n ? negate(number) : number;
  if (compare(size, { units: 10_000n, scale: 0 }) >= 0) {
    for (const [unit, letter] of COMPACT) {
      const one: Decimal = { units: unit, scale: 0 };
      if (compare(size, one) >= 0) return `${format(divide(number, one, 2, "half"), { decimals: 2 })}${letter}`;
    }
  }
  return format(number, { decimals, rounding: "half" });
}

/** The part `number` is of `whole`, in thousandths, between 0 and 1000; 0 where there is no whole. For widths of bars. */
export function thousandths(number: Decimal, whole: Decimal): bigint {
  if (whole.units <= 0n || number.units <= 0n) return 0n;
  const part = divide(number, whole, 3, "half").units;
  return part > 1000n ? 1000n : part;
}
