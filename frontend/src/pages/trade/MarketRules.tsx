import { showPrice } from "../../app/amounts";
import { decimal, format, HUNDRED, multiply } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import { priceBand, within } from "./prices";
import styles from "./OrderForm.module.css";

/** What an order has to keep to in this market. */
export function MarketRules({ market }: { market: Market }) {
  const band = priceBand(market);
  const fixed = within(market.static_reference, market.static_band, market);
  const ofReference = market.static_reference === null ? "" : ` of ${showPrice(market, market.static_reference)}`;
  const breaker = market.circuit_breaker;
  const plain = (text: string): string => format(decimal(text));
  const percent = (part: string): string => `${format(multiply(decimal(part), HUNDRED), { decimals: 2, least: 0 })} %`;
  const rules: readonly (readonly [name: string, value: string | 0 | null])[] = [
    ["Price step", `${plain(market.tick_size)} ${market.quote}`],
    ["Quantity step", `${plain(market.lot_size)} ${market.base}`],
    ["Least quantity", market.min_quantity && `${plain(market.min_quantity)} ${market.base}`],
    ["Greatest quantity", market.max_quantity && `${plain(market.max_quantity)} ${market.base}`],
    ["Least value", market.min_notional && `${plain(market.min_notional)} ${market.quote}`],
    ["Greatest value", market.max_order_value && `${plain(market.max_order_value)} ${market.quote}`],
    ["Price band", market.price_band && `± ${percent(market.price_band)} of the last price`],
    ["Fixed price band", market.static_band && `± ${percent(market.static_band)}${ofReference}`],
    ["Fixed band now", fixed && `${showPrice(market, fixed.lowest)} to ${showPrice(market, fixed.highest)}`],
    ["Prices allowed now", band && `${showPrice(market, band.lowest)} to ${showPrice(market, band.highest)}`],
    ["Market orders go", market.protection && `${percent(market.protection)} from the best price at most`],
    ["Halts after a move of", breaker && `${percent(breaker.move)} in ${breaker.window_seconds.toString()} s`],
    ["Open orders", market.max_open_orders && `${market.max_open_orders.toString()} at most`],
    ["Waiting orders", market.max_stop_orders && `${market.max_stop_orders.toString()} at most`],
  ];
  return (
    <details className={styles["rules"]}>
      <summary>Market rules</summary>
      <dl>
        {rules.map(
          ([name, value]) =>
            value !== null &&
            value !== 0 && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </details>
  );
}
