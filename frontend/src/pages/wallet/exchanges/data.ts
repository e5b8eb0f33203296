/** Accounts at other exchanges and their deposit addresses, over REST. No key is ever kept here: keys go out and are gone. */

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { answered, api } from "../../../api/client";
import type { operations } from "../../../api/schema";
import { FUNDS } from "../../../app/funds";
import { given, PAGE_SIZE, queryClient, useIsSignedIn, usePages } from "../../../app/queries";
import { userStream, useValue } from "../../../app/streams";
import { isAwaited, isUnderWay, withSync } from "./syncing";
import type { Account } from "./types";

const ACCOUNTS = [FUNDS, "exchange-accounts"];
const ADDRESSES = [FUNDS, "exchange-addresses"];
const MOST_ACCOUNTS = 100;
const MOST_CHANGED = 20;
const POLL_MS = 2_000;
/** With the stream live a poll is only there for an event that got lost. */
const SLOW_POLL_MS = 10_000;
/** How often the list is read again while a sync adds to it. */
const REFRESH_MS = 2_500;
const CURRENCIES = "exchange-currencies";
const REFERENCE_MS = 600_000;
const CODE = /^[A-Z0-9][A-Z0-9._$-]{0,19}$/;

type AddressQuery = NonNullable<operations["list_exchange_addresses"]["parameters"]["query"]>;
export type AddressFilter = Omit<AddressQuery, "limit" | "cursor" | "group_by">;

/** The accounts; while one of them is synced, as it goes on. */
export function useExchangeAccounts() {
  const isSignedIn = useIsSignedIn();
  const isLive = useValue(userStream.socket.state) === "live";
  return useQuery({
    queryKey: ACCOUNTS,
    queryFn: async () =>
      (await answered(api.GET("/api/v1/wallet/exchanges", { params: { query: { limit: MOST_ACCOUNTS } } }))).items,
    enabled: isSignedIn,
    refetchInterval: ({ state }) => {
      if (state.data?.some(isUnderWay) === true) return isLive ? SLOW_POLL_MS : POLL_MS;
      return state.data?.some(isAwaited) === true ? SLOW_POLL_MS : false;
    },
  });
}

/** Follow on the private stream what happens to accounts and addresses. */
export function useLiveExchanges(): void {
  useEffect(() => {
    let refresh: ReturnType<typeof setTimeout> | undefined;
    const forgetSyncs = userStream.listenToSyncs((progress) => {
      queryClient.setQueryData<Account[]>(ACCOUNTS, (accounts) => accounts && withSync(accounts, progress));
      if (progress.sync.finished_at === null) {
        if (progress.sync.added > 0)
          refresh ??= setTimeout(() => {
            refresh = undefined;
            refreshExchanges();
          }, REFRESH_MS);
        return;
      }
      refreshExchanges();
      // The first sync of an exchange learns what it takes.
      void queryClient.invalidateQueries({ queryKey: [CURRENCIES] });
    });
    const forgetEvents = userStream.listen((event) => {
      if (event.event === "address_changed") refreshExchanges();
    });
    return () => {
      forgetSyncs();
      forgetEvents();
      clearTimeout(refresh);
    };
  }, []);
}

export function useSupportedExchanges() {
  return useQuery({
    queryKey: ["supported-exchanges"],
    queryFn: async () => (await answered(api.GET("/api/v1/wallet/exchanges/supported"))).items,
    staleTime: REFERENCE_MS,
  });
}

export function useExchangeInfo(exchange: string | undefined) {
  return useQuery({
    queryKey: ["exchange-info", exchange],
    queryFn: () =>
      answered(
        api.GET("/api/v1/wallet/exchanges/{exchange_id}/info", {
          params: { path: { exchange_id: exchange ?? "" } },
        }),
      ),
    enabled: exchange !== undefined,
    staleTime: REFERENCE_MS,
  });
}

const MOST_SUGGESTIONS = 500;

/** Currencies of an exchange, to choose from; it may know more than these. */
export function useCurrencies(exchange: string | undefined) {
  return useQuery({
    queryKey: [CURRENCIES, exchange],
    queryFn: () => fetchCurrencies(exchange ?? "", { limit: MOST_SUGGESTIONS }),
    enabled: exchange !== undefined,
    staleTime: REFERENCE_MS,
  });
}

/** The currency of this code, with its networks; null where the exchange knows none. */
export function useCurrency(exchange: string | undefined, code: string) {
  return useQuery({
    queryKey: [CURRENCIES, exchange, code],
    queryFn: async () => (await fetchCurrencies(exchange ?? "", { currency: code }))[0] ?? null,
    enabled: exchange !== undefined && CODE.test(code),
    staleTime: REFERENCE_MS,
  });
}

async function fetchCurrencies(exchange: string, query: { currency?: string; limit?: number }) {
  const path = { exchange_id: exchange };
  return (
    await answered(api.GET("/api/v1/wallet/exchanges/{exchange_id}/currencies", { params: { path, query } }))
  ).items;
}

export function useExchangeAddresses(filter: AddressFilter) {
  return usePages([...ADDRESSES, "list", filter], (cursor) =>
    fetchAddresses(given({ ...filter, limit: PAGE_SIZE, cursor })),
  );
}

/** A list, as it is asked for without groups. */
async function fetchAddresses(query: Omit<AddressQuery, "group_by">) {
  const { items, next_cursor } = await answered(api.GET("/api/v1/wallet/addresses", { params: { query } }));
  return { items: items ?? [], next_cursor: next_cursor ?? null };
}

/** What exchanges gave in place of addresses that were known: each waits for a person to compare the two. */
export function useChangedAddresses() {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: [...ADDRESSES, "changed"],
    queryFn: async () => (await fetchAddresses({ status: "changed", limit: MOST_CHANGED })).items,
    enabled: isSignedIn,
  });
}

export function useExchangeAddress(id: string | null) {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: [...ADDRESSES, "one", id],
    queryFn: () => answered(api.GET("/api/v1/wallet/addresses/{address_id}", { params: { path: { address_id: id ?? "" } } })),
    enabled: isSignedIn && id !== null,
  });
}

export function useAddressHistory(id: string) {
  return usePages([...ADDRESSES, "history", id], (cursor) =>
    answered(
      api.GET("/api/v1/wallet/addresses/history/{address_id}", {
        params: { path: { address_id: id }, query: given({ limit: PAGE_SIZE, cursor }) },
      }),
    ),
  );
}

/** After anything was done: an address tells of its account, and an account counts its addresses. */
export function refreshExchanges(): void {
  for (const queryKey of [ACCOUNTS, ADDRESSES]) void queryClient.invalidateQueries({ queryKey });
}

/** The same after an address was deleted, of which there is nothing to ask any more. */
export function refreshExchangesWithout(addressId: string): void {
  for (const queryKey of [ACCOUNTS, ADDRESSES])
    void queryClient.invalidateQueries({ queryKey, predicate: (query) => !query.queryKey.includes(addressId) });
}
