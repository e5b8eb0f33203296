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
  const left = useSecondsLeft(moment === null ? 0 : Date.parse(moment) + ahead);
  return moment === null ? null : left;
}

/** Counts down to a moment by this machine's clock, in milliseconds; 0 once it has passed. */
export function useSecondsLeft(moment: number): number {
  const left = useCallback(() => secondsUntil(moment, Date.now()), [moment]);
  return useSyncExternalStore(everyMoment, left);
}
