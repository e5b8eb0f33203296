/** Moments, as the reader's clock shows them. */

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const THIS_YEAR: Intl.DateTimeFormatOptions = {
  day: "2-digit",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
};
const DAY_AND_CLOCK = new Intl.DateTimeFormat("en-GB", THIS_YEAR);
const YEAR_DAY_AND_CLOCK = new Intl.DateTimeFormat("en-GB", { ...THIS_YEAR, year: "numeric" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

export function showClock(moment: string): string {
  return CLOCK.format(new Date(moment));
}

export function showMoment(moment: string): string {
  const date = new Date(moment);
  return (date.getFullYear() === new Date().getFullYear() ? DAY_AND_CLOCK : YEAR_DAY_AND_CLOCK).format(date);
}

export function showDay(moment: string): string {
  return DAY.format(new Date(moment));
}

/** Whole seconds from one moment to another, begun ones included; 0 once it has passed. */
export function secondsUntil(moment: number, now: number): number {
  return Math.max(0, Math.ceil((moment - now) / 1000));
}

const MINUTE = 60;

/** "0:45", "12:03", "1:02:03" */
export function showDuration(seconds: number): string {
  const two = (number: number): string => number.toString().padStart(2, "0");
  const minutes = Math.floor(seconds / MINUTE);
  const hours = Math.floor(minutes / MINUTE);
  const clock = `${hours > 0 ? two(minutes % MINUTE) : minutes.toString()}:${two(seconds % MINUTE)}`;
  return hours > 0 ? `${hours.toString()}:${clock}` : clock;
}

/** The minute of this moment on the reader's clock, as a datetime-local entry writes it. */
export function localMinute(milliseconds: number): string {
  const moment = new Date(milliseconds);
  const two = (number: number): string => number.toString().padStart(2, "0");
  const day = `${moment.getFullYear().toString()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
