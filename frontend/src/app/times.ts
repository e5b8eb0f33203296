/** Moments, as the reader's clock shows them. */

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY_AND_CLOCK = new Intl.DateTimeFormat("en-GB", {
  day: "2-digit",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

export function showClock(moment: string): string {
  return CLOCK.format(new Date(moment));
}

export function showMoment(moment: string): string {
  return DAY_AND_CLOCK.format(new Date(moment));
}

export function showDay(moment: string): string {
  return DAY.format(new Date(moment));
}
