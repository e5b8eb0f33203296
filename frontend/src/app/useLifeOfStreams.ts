/** The public stream runs with the page, the private one with the session; what it tells refreshes lists and is announced. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { notify } from "../components/notices";
import { announcementOf } from "./announcing";
import { isAboutFunds, refreshFunds } from "./funds";
import { refreshHistory, useSession } from "./queries";
import { marketStream, userStream } from "./streams";

const REFRESH_PAUSE_MS = 1_000;
const REFRESH_OF_FUNDS_PAUSE_MS = 300;
const RESTART_PAUSE_MS = 3_000;

export function useLifeOfStreams(): void {
  const queryClient = useQueryClient();
  const { data: user } = useSession();
  const username = user?.username ?? null;

  useEffect(() => {
    marketStream.socket.start();
  }, []);

  useEffect(() => {
    if (username === null) return;
    let refresh: ReturnType<typeof setTimeout> | undefined;
    let refreshOfFunds: ReturnType<typeof setTimeout> | undefined;
    let restart: ReturnType<typeof setTimeout> | undefined;
    userStream.onSessionEnded = () => {
      void queryClient.invalidateQueries({ queryKey: ["session"] });
      // If it turns out that the same person is still signed in, nothing else starts the stream again.
      restart = setTimeout(() => userStream.start(), RESTART_PAUSE_MS);
    };
    userStream.start();
    const forget = userStream.listen((event) => {
      const news = announcementOf(event);
      if (news !== null) notify(news.tone, news.title, news.text);
      if (isAboutFunds(event))
        refreshOfFunds ??= setTimeout(() => {
          refreshOfFunds = undefined;
          refreshFunds();
        }, REFRESH_OF_FUNDS_PAUSE_MS);
      refresh ??= setTimeout(() => {
        refresh = undefined;
        refreshHistory();
      }, REFRESH_PAUSE_MS);
    });
    return () => {
      forget();
      clearTimeout(refresh);
      clearTimeout(refreshOfFunds);
      clearTimeout(restart);
      userStream.stop();
    };
  }, [queryClient, username]);
}
