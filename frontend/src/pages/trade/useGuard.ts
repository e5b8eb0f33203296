import { useAccount } from "../../app/queries";
import { useConnection, useFreshness, useMarketTopic } from "../../app/streams";
import type { Market } from "../../streams/frames";
import type { Draft } from "./draft";
import { closedReason, notCollectedReason } from "./marketPhase";

export interface Guard {
  readonly text: string;
  readonly isStale?: boolean;
}

/** Why the order cannot be placed now; null where it can. */
export function useGuard(draft: Draft, market: Market, isFresh: boolean): Guard | null {
  const connection = useConnection();
  const areMarketsFresh = useFreshness(useMarketTopic());
  const { data: account } = useAccount();
  const closed = closedReason(market) ?? notCollectedReason(draft, market);
  if (closed !== null) return { text: closed };
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
