/** How the amounts of a market are written. */

import {
  decimal,
  decimalsOf,
  format,
  formatCompact,
  multiply,
  round,
  subtract,
  type Decimal,
  type Rounding,
} from "../money/decimal";
import type { Market, Ticker } from "../streams/frames";

export const NO_VALUE = "–";

export function priceDecimals(market: Market): number {
  return decimalsOf(decimal(market.tick_size));
}

export function quantityDecimals(market: Market): number {
  return decimalsOf(decimal(market.lot_size));
}

/** Digits behind the point in which sums of the quote asset are shown; prices are given in as many or fewer. */
export function shownValueDecimals(market: Market): number {
  return Math.max(2, priceDecimals(market));
}

export function showPrice(
  market: Market,
  price: string | Decimal | null | undefined,
  rounding: Rounding = "half",
): string {
  if (price === null || price === undefined) return NO_VALUE;
  return format(typeof price === "string" ? decimal(price) : price, { decimals: priceDecimals(market), rounding });
}

export function showQuantity(market: Market, quantity: string | Decimal | null | undefined): string {
  if (quantity === null || quantity === undefined) return NO_VALUE;
  return format(typeof quantity === "string" ? decimal(quantity) : quantity, { decimals: quantityDecimals(market) });
}

export function showValue(
  market: Market,
  value: string | Decimal | null | undefined,
  rounding: Rounding = "down",
): string {
  if (value === null || value === undefined) return NO_VALUE;
  return format(typeof value === "string" ? decimal(value) : value, { decimals: shownValueDecimals(market), rounding });
}

const SHOWN_BALANCE_DECIMALS = 8;

/** A holding: at least two digits, at most eight, never more than there is. */
export function showHolding(amount: string | Decimal): string {
  const number = typeof amount === "string" ? decimal(amount) : amount;
  return format(number, { decimals: SHOWN_BALANCE_DECIMALS, least: 2 });
}

/** A fee in all its digits, within reason. */
export function showFee(amount: string | Decimal): string {
  const number = typeof amount === "string" ? decimal(amount) : amount;
  return format(number, { decimals: SHOWN_BALANCE_DECIMALS, least: 0, rounding: "up" });
}

/** "0.0015" is 0.15 % */
export function showRate(rate: string): string {
  return `${format(round(multiply(decimal(rate), { units: 100n, scale: 0 }), 4, "half"), { decimals: 4, least: 2 })} %`;
}

/** What was traded within a day in the quote asset, with or without what house accounts traded with each other. */
export function volumeOf(ticker: Ticker, isHouseLeftOut: boolean): Decimal {
  const all = decimal(ticker.quote_volume);
  return isHouseLeftOut ? subtract(all, decimal(ticker.house_quote_volume)) : all;
}

export function showVolume(market: Market, volume: Decimal): string {
  return formatCompact(volume, shownValueDecimals(market));
}
