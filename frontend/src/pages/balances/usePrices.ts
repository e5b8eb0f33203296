import { useMarkets, useTickers } from "../../app/queries";
import { useChanges, useTickerTopic } from "../../app/streams";
import { lastPrices, type LastPrices } from "./valuation";

/** The last price of every market, as it is now. */
export function usePrices(): LastPrices {
  const { data: tickers } = useTickers();
  const { markets } = useMarkets();
  const topic = useTickerTopic();
  useChanges(topic);
  return lastPrices([...(tickers ?? []), ...(markets ?? []).map((market) => topic.ticker(market.symbol))]);
}
