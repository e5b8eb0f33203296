/** What the exchange has to say to everybody: heard on the stream, and asked for while the stream is away. */

import { useQuery } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";
import { answered, api } from "../api/client";
import type { ExchangeNotice } from "../streams/frames";
import { Value } from "../streams/store";
import { useFreshness, useNoticesTopic, useValue } from "./streams";

const ASK_AGAIN_MS = 20_000;
const DISMISSED = "bourse-dismissed-notices";

/** Until the tab is closed. Whatever is changed afterwards is shown again. */
const dismissed = new Value<readonly string[]>(JSON.parse(sessionStorage.getItem(DISMISSED) ?? "[]") as string[]);
dismissed.subscribe(() => sessionStorage.setItem(DISMISSED, JSON.stringify(dismissed.get())));

function version(notice: ExchangeNotice): string {
  return `${notice.id} ${notice.updated_at ?? notice.text} ${notice.phase}`;
}

export function dismissNotice(notice: ExchangeNotice): void {
  dismissed.set([...dismissed.get(), version(notice)]);
}

/** The current notices that were not dismissed, most severe first. */
export function useExchangeNotices(): readonly ExchangeNotice[] {
  const topic = useNoticesTopic();
  const streamed = useSyncExternalStore(topic.subscribe, () => topic.notices);
  const isFresh = useFreshness(topic);
  const asked = useQuery({
    queryKey: ["notices"],
    queryFn: async () => (await answered(api.GET("/api/v1/notices"))).items,
    enabled: !isFresh,
    refetchInterval: ASK_AGAIN_MS,
  });
  const known = isFresh ? streamed : (asked.data ?? streamed);
  const hidden = useValue(dismissed);
  return useMemo(() => known.filter((notice) => !hidden.includes(version(notice))), [known, hidden]);
}
