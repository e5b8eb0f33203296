/** Periods as people choose them, and files of what happened in them. */

import type { DayRange } from "../components/Days";

export interface Period {
  from?: string | undefined;
  to?: string | undefined;
}

const LONGEST_MS = 366 * 24 * 60 * 60 * 1000;

/** The moments between which the reader's own days lie, both included. */
export function periodOf({ first, last }: DayRange): Period {
  return { from: momentOf(first, "00:00:00.000"), to: momentOf(last, "23:59:59.999") };
}

function momentOf(day: string | undefined, time: string): string | undefined {
  const at = day === undefined ? undefined : new Date(`${day}T${time}`);
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

export function isTooLongToExport({ from, to }: Period, now = Date.now()): boolean {
  return from !== undefined && (to === undefined ? now : Date.parse(to)) - Date.parse(from) > LONGEST_MS;
}

/** Where the file of a history is, with the same filters as its pages. */
export function exportAddress(path: string, filter: object): string {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const query = new URLSearchParams(given).toString();
  return query === "" ? `${path}/export` : `${path}/export?${query}`;
}
