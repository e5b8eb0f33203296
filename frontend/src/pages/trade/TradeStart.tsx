import { Navigate } from "react-router";
import { useMarkets } from "../../app/queries";
import { Empty, Failure, Skeleton } from "../../components/States";
import { lastMarket } from "./lastMarket";

/** /trade without a market: the one looked at last, else the first. */
export default function TradeStart() {
  const { markets, error, refetch } = useMarkets();
  if (markets === undefined)
    return error === null ? <Skeleton rows={10} /> : <Failure error={error} onRetry={() => void refetch()} />;
  const remembered = lastMarket.get();
  const market = markets.find((candidate) => candidate.symbol === remembered) ?? markets[0];
  if (market === undefined) return <Empty title="No market is listed yet" />;
  return <Navigate to={`/trade/${market.symbol}`} replace />;
}
