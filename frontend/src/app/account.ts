/** Balances and open orders, from the private stream; over REST until the stream has told them. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answered, api } from "../api/client";
import { decimal, ZERO, type Decimal } from "../money/decimal";
import type { Balance, Order } from "../streams/frames";
import { newestFirst } from "../streams/userState";
import { useIsSignedIn, useRestBalances } from "./queries";
import { useUserStream } from "./streams";

export interface BalancesView {
  /** Undefined while nothing is known. */
  readonly balances: readonly Balance[] | undefined;
  /** Whether they are the present. */
  readonly isFresh: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

export function useBalances(): BalancesView {
  const { account, isFresh } = useUserStream();
  const rest = useRestBalances();
  const streamed = useMemo(() => (account === null ? undefined : [...account.balances.values()]), [account]);
  return {
    balances: streamed ?? rest.data,
    isFresh: account !== null && isFresh,
    error: streamed === undefined ? rest.error : null,
    retry: () => void rest.refetch(),
  };
}

/** What is free to spend; zero for an asset the account never held, undefined while nothing is known. */
export function available(balances: readonly Balance[] | undefined, asset: string): Decimal | undefined {
  if (balances === undefined) return undefined;
  const balance = balances.find((candidate) => candidate.asset === asset);
  return balance === undefined ? ZERO : decimal(balance.available);
}

export interface OpenOrdersView {
  readonly orders: readonly Order[] | undefined;
  readonly isFresh: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

const MOST_OPEN_ORDERS = 500;

/** Newest first; of one market, or of all. */
export function useOpenOrders(symbol?: string): OpenOrdersView {
  const { account, isFresh } = useUserStream();
  const isSignedIn = useIsSignedIn();
  const rest = useQuery({
    queryKey: ["orders", "open"],
    queryFn: async () =>
      (
        await answered(
          api.GET("/api/v1/orders", { params: { query: { status: "OPEN,PARTIAL,PENDING", limit: MOST_OPEN_ORDERS } } }),
        )
      ).items,
    enabled: isSignedIn && account === null,
  });
  const all = useMemo(() => (account === null ? rest.data : [...account.orders.values()]), [account, rest.data]);
  const orders = useMemo(
    () => all?.filter((order) => symbol === undefined || order.symbol === symbol).sort(newestFirst),
    [all, symbol],
  );
  return {
    orders,
    isFresh: account !== null && isFresh,
    error: account === null ? rest.error : null,
    retry: () => void rest.refetch(),
  };
}
