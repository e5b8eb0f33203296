import { useCallback, useSyncExternalStore } from "react";
import { marketStream, useValue } from "./streams";
import { secondsUntil } from "./times";

const LOOK_MS = 200;

function everyMoment(look: () => void): () => void {
  const timer = setInterval(look, LOOK_MS);
  return () => clearInterval(timer);
}

/** Counts down to a moment by the exchange's clock; null where there is none. */
export function useSecondsUntil(moment: string | null): number | null {
  const ahead = useValue(marketStream.clockAhead);
  const left = useCallback(
    () => (moment === null ? null : secondsUntil(moment, Date.now() - ahead)),
    [moment, ahead],
  );
  return useSyncExternalStore(everyMoment, left);
}
