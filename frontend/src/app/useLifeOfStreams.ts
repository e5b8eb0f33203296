/** The public stream runs with the page, the private one with the session; what it tells refreshes lists and is announced. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { notify } from "../components/notices";
import { decimal, format } from "../money/decimal";
import type { UserEvent } from "../streams/frames";
import { refreshHistory, useSession } from "./queries";
import { marketStream, userStream } from "./streams";

const REFRESH_PAUSE_MS = 1_000;
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
    let restart: ReturnType<typeof setTimeout> | undefined;
    userStream.onSessionEnded = () => {
      void queryClient.invalidateQueries({ queryKey: ["session"] });
      // If it turns out that the same person is still signed in, nothing else starts the stream again.
      restart = setTimeout(() => userStream.start(), RESTART_PAUSE_MS);
    };
    userStream.start();
    const forget = userStream.listen((event) => {
      announce(event);
      refresh ??= setTimeout(() => {
        refresh = undefined;
        refreshHistory();
      }, REFRESH_PAUSE_MS);
    });
    return () => {
      forget();
      clearTimeout(refresh);
      clearTimeout(restart);
      userStream.stop();
    };
  }, [queryClient, username]);
}

/** Fills of resting orders happen while one looks elsewhere. Answers to one's own orders are shown where they were placed. */
function announce(event: UserEvent): void {
  if (event.event !== "fill") return;
  const [base = "", quote = ""] = event.symbol.split("-");
  const verb = event.side === "BUY" ? "Bought" : "Sold";
  const quantity = format(decimal(event.quantity));
  const price = format(decimal(event.price));
  notify("good", `${verb} ${quantity} ${base}`, `Your order was filled at ${price} ${quote}.`);
}
