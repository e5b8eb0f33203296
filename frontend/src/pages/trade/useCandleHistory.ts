import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { fetchCandles } from "../../app/queries";
import type { Candle, Interval } from "../../streams/frames";

export interface CandleHistory {
  /** Oldest first; undefined while nothing is known. */
  readonly candles: readonly Candle[] | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  /** Read what was before, if there was anything. */
  readonly readOlder: () => void;
}

/** Candles of the past, read anew when `gaps` says that the stream has missed some. */
export function useCandleHistory(symbol: string, interval: Interval, gaps: number): CandleHistory {
  const { data, error, refetch, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery({
    queryKey: ["candles", symbol, interval],
    queryFn: ({ pageParam }) => fetchCandles(symbol, interval, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page[0]?.opened_at,
    staleTime: 0,
  });

  useEffect(() => {
    if (gaps > 0) void refetch();
  }, [gaps, refetch]);

  const candles = useMemo(() => data && [...data.pages].reverse().flat(), [data]);
  return {
    candles,
    error,
    retry: () => void refetch(),
    readOlder: () => {
      if (hasNextPage && !isFetching) void fetchNextPage();
    },
  };
}
