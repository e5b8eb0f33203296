import { useAccount } from "../../app/queries";
import { useConnection, useFreshness, useMarketTopic } from "../../app/streams";
import type { Market } from "../../streams/frames";

export interface Guard {
  readonly text: string;
  readonly isStale?: boolean;
}

/** Why no order can be placed now; null where one can. */
export function useGuard(market: Market, isFresh: boolean): Guard | null {
  const connection = useConnection();
  const areMarketsFresh = useFreshness(useMarketTopic());
  const { data: account } = useAccount();
  const reason = market.state_reason === "" ? "" : ` Reason: ${market.state_reason}.`;
  const name = `${market.base}/${market.quote}`;
  if (market.state === "HALTED")
    return { text: `${name} is halted.${reason} New orders are not taken; open ones can be cancelled.` };
  if (market.state === "CLOSED")
    return { text: `${name} is closed.${reason} New orders are not taken; open ones can be cancelled.` };
  if (account?.state === "trade_frozen")
    return { text: "Trading is frozen for your account. Orders can be cancelled." };
  if (account?.state === "closed") return { text: "Your account is closed." };
  if (connection !== "live" || !isFresh || !areMarketsFresh) {
    return {
      text: "Waiting for live data. Orders can be placed again as soon as prices and balances are current.",
      isStale: true,
    };
  }
  return null;
}
