import { showPrice } from "../../app/amounts";
import { decimal, format, HUNDRED, multiply } from "../../money/decimal";
import type { Market } from "../../streams/frames";
import { priceBand } from "./draft";
import styles from "./OrderForm.module.css";

/** What an order has to keep to in this market. */
export function MarketRules({ market }: { market: Market }) {
  const band = priceBand(market);
  const plain = (text: string): string => format(decimal(text));
  const rules: readonly (readonly [name: string, value: string | null])[] = [
    ["Price step", `${plain(market.tick_size)} ${market.quote}`],
    ["Quantity step", `${plain(market.lot_size)} ${market.base}`],
    ["Least quantity", market.min_quantity && `${plain(market.min_quantity)} ${market.base}`],
    ["Greatest quantity", market.max_quantity && `${plain(market.max_quantity)} ${market.base}`],
    ["Least value", market.min_notional && `${plain(market.min_notional)} ${market.quote}`],
    ["Greatest value", market.max_order_value && `${plain(market.max_order_value)} ${market.quote}`],
    [
      "Price band",
      market.price_band && `± ${format(multiply(decimal(market.price_band), HUNDRED), { decimals: 2, least: 0 })} %`,
    ],
    ["Prices now", band && `${showPrice(market, band.lowest)} to ${showPrice(market, band.highest)}`],
  ];
  return (
    <details className={styles["rules"]}>
      <summary>Market rules</summary>
      <dl>
        {rules.map(
          ([name, value]) =>
            value !== null && (
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
