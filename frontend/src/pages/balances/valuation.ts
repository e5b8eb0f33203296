/** What holdings are worth in one asset, at the last prices. */

import { add, decimal, divide, multiply, ZERO, type Decimal } from "../../money/decimal";
import type { Balance, Ticker } from "../../streams/frames";

const RATE_DECIMALS = 18;

/** Last price of each pair, by "BASE-QUOTE". */
export type LastPrices = ReadonlyMap<string, Decimal>;

export function lastPrices(tickers: readonly (Ticker | undefined)[]): LastPrices {
  const prices = new Map<string, Decimal>();
  for (const ticker of tickers) {
    if (ticker !== undefined && ticker.last !== null) prices.set(ticker.symbol, decimal(ticker.last));
  }
  return prices;
}

/** What one `asset` is worth in `unit`: by a market of the two, or over one asset in between; null where no price leads there. */
export function rate(asset: string, unit: string, prices: LastPrices): Decimal | null {
  if (asset === unit) return { units: 1n, scale: 0 };
  const direct = step(asset, unit, prices);
  if (direct !== null) return direct;
  for (const symbol of prices.keys()) {
    const between = symbol.split("-").find((side) => side !== asset && symbol.split("-").includes(asset));
    if (between === undefined) continue;
    const [first, second] = [step(asset, between, prices), step(between, unit, prices)];
    if (first !== null && second !== null) return multiply(first, second);
  }
  return null;
}

function step(asset: string, unit: string, prices: LastPrices): Decimal | null {
  const price = prices.get(`${asset}-${unit}`);
  if (price !== undefined) return price;
  const inverse = prices.get(`${unit}-${asset}`);
  return inverse === undefined || inverse.units === 0n
    ? null
    : divide({ units: 1n, scale: 0 }, inverse, RATE_DECIMALS, "down");
}

export function worth(balance: Balance, unit: string, prices: LastPrices): Decimal | null {
  const one = rate(balance.asset, unit, prices);
  return one === null ? null : multiply(decimal(balance.total), one);
}

/** Sum of what has a price; assets without one are left out, and named. */
export function totalWorth(
  balances: readonly Balance[],
  unit: string,
  prices: LastPrices,
): { total: Decimal; unpriced: string[] } {
  let total = ZERO;
  const unpriced: string[] = [];
  for (const balance of balances) {
    const value = worth(balance, unit, prices);
    if (value !== null) total = add(total, value);
    else if (decimal(balance.total).units !== 0n) unpriced.push(balance.asset);
  }
  return { total, unpriced };
}
