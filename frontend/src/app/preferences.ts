/** Small choices that this browser remembers. */

import { Value } from "../streams/store";

function remembered(key: string): Value<boolean> {
  const value = new Value(localStorage.getItem(key) === "yes");
  value.subscribe(() => localStorage.setItem(key, value.get() ? "yes" : "no"));
  return value;
}

export const leaveOutHouseVolume = remembered("bourse-leave-out-house-volume");
