/** What the page reads over REST, under the keys it is kept by. */

import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { answered, api, onSessionLost } from "../api/client";
import { ApiError } from "../api/errors";
import { fetchSession } from "../api/identity";
import { fetchSecondFactor } from "../api/secondFactor";
import type { components, operations } from "../api/schema";
import type { Interval, Market } from "../streams/frames";
import type { Period } from "./exports";
import { useChanges, useMarketTopic, useStreamedMarket } from "./streams";

export type Schemas = components["schemas"];
export type Fill = Schemas["Trade"];
export type Posting = Schemas["Posting"];
export type ApiKey = Schemas["ApiKey"];

const MOST_RETRIES = 2;
export const PAGE_SIZE = 50;
const CANDLES_AT_ONCE = 500;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < MOST_RETRIES && !(error instanceof ApiError && error.status < 500),
    },
  },
});

export function useSession() {
  return useQuery({ queryKey: ["session"], queryFn: fetchSession, staleTime: 60_000 });
}

export function useIsSignedIn(): boolean {
  const { data } = useSession();
  return data !== undefined && data !== null;
}

/** All markets, each in its newest state. */
export function useMarkets() {
  const query = useQuery({
    queryKey: ["markets"],
    queryFn: async () => (await answered(api.GET("/api/v1/markets"))).items,
    staleTime: 60_000,
  });
  const topic = useMarketTopic();
  useChanges(topic);
  const markets = query.data?.map((market) => topic.market(market.symbol) ?? market);
  return { ...query, markets };
}

export function useMarket(symbol: string): {
  market: Market | undefined;
  isMissing: boolean;
  error: unknown;
  retry: () => void;
} {
  const query = useMarkets();
  const streamed = useStreamedMarket(symbol);
  const market = streamed ?? query.data?.find((listed) => listed.symbol === symbol);
  return {
    market,
    isMissing: query.data !== undefined && market === undefined,
    error: query.error,
    retry: () => void query.refetch(),
  };
}

export function useTickers() {
  return useQuery({
    queryKey: ["tickers"],
    queryFn: async () => (await answered(api.GET("/api/v1/tickers"))).items,
    staleTime: 30_000,
  });
}

/** The newest candles, or those before the moment `end`; oldest first. */
export async function fetchCandles(symbol: string, interval: Interval, end?: string) {
  const query = { interval, limit: CANDLES_AT_ONCE, ...(end === undefined ? {} : { end }) };
  return (await answered(api.GET("/api/v1/markets/{symbol}/candles", { params: { path: { symbol }, query } }))).items;
}

export function useAccount() {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: ["account"],
    queryFn: () => answered(api.GET("/api/v1/account")),
    enabled: isSignedIn,
    staleTime: 60_000,
  });
}

export function useSecondFactor() {
  const isSignedIn = useIsSignedIn();
  return useQuery({ queryKey: ["second-factor"], queryFn: fetchSecondFactor, enabled: isSignedIn });
}

export function useFees() {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: ["fees"],
    queryFn: () => answered(api.GET("/api/v1/fees")),
    enabled: isSignedIn,
    staleTime: 5 * 60_000,
  });
}

export interface Rates {
  readonly maker: string;
  readonly taker: string;
}

/** What I pay in this market: its own exception or mine, else the tier's. Undefined while it is not known. */
export function useRates(symbol: string): Rates | undefined {
  const { data: fees } = useFees();
  return fees?.markets.find((market) => market.symbol === symbol) ?? fees;
}

export function useTradingPreferences() {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: ["trading-preferences"],
    queryFn: () => answered(api.GET("/api/v1/account/trading")),
    enabled: isSignedIn,
  });
}

export function useRestBalances() {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: ["balances"],
    queryFn: async () => (await answered(api.GET("/api/v1/balances"))).items,
    enabled: isSignedIn,
  });
}

export interface HistoryFilter extends Period {
  symbol?: string | undefined;
  side?: "BUY" | "SELL" | undefined;
  type?: string | undefined;
  status?: string | undefined;
}

export interface FillFilter extends Period {
  symbol?: string | undefined;
  side?: "BUY" | "SELL" | undefined;
  role?: Fill["role"] | undefined;
}

export interface StatementFilter extends Period {
  asset?: string | undefined;
  cause?: NonNullable<operations["list_postings"]["parameters"]["query"]>["cause"] | undefined;
}

interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
}

export function usePages<Row>(key: readonly unknown[], read: (cursor: string | undefined) => Promise<Page<Row>>) {
  const isSignedIn = useIsSignedIn();
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: isSignedIn,
    placeholderData: keepPreviousData,
  });
  return { ...query, rows: query.data?.pages.flatMap((page) => page.items) };
}

/** Without what is left open. */
export function given<Filter extends object>(filter: Filter): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as Filter;
}

export function useOrderHistory(filter: HistoryFilter) {
  return usePages(["orders", filter], (cursor) =>
    answered(api.GET("/api/v1/orders", { params: { query: given({ ...filter, limit: PAGE_SIZE, cursor }) } })),
  );
}

export function useFills(filter: FillFilter) {
  return usePages(["fills", filter], (cursor) =>
    answered(api.GET("/api/v1/trades", { params: { query: given({ ...filter, limit: PAGE_SIZE, cursor }) } })),
  );
}

export function useLedger(filter: StatementFilter) {
  return usePages(["ledger", filter], (cursor) =>
    answered(api.GET("/api/v1/ledger", { params: { query: given({ ...filter, limit: PAGE_SIZE, cursor }) } })),
  );
}

export function useApiKeys() {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: ["api-keys"],
    queryFn: () => answered(api.GET("/api/v1/api-keys")),
    enabled: isSignedIn,
  });
}

onSessionLost(() => void queryClient.invalidateQueries({ queryKey: ["session"] }));

const PERSONAL = [
  "account",
  "fees",
  "balances",
  "orders",
  "fills",
  "ledger",
  "api-keys",
  "trading-preferences",
  "second-factor",
  "funds",
];

/** Forget what belongs to a person; somebody else may be signed in from now on. */
export function forgetPerson(): void {
  for (const key of PERSONAL) queryClient.removeQueries({ queryKey: [key] });
}

/** Lists that events of the account have made old. */
export function refreshHistory(): void {
  for (const key of ["orders", "fills", "ledger"]) void queryClient.invalidateQueries({ queryKey: [key] });
}
