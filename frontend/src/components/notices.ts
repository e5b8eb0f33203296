/** Short messages about what has just happened. */

import { Value } from "../streams/store";

export type Tone = "good" | "bad" | "plain";

export interface Notice {
  readonly id: number;
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
}

const SHOWN_MS = 6_000;
const FAILURE_SHOWN_MS = 12_000;
const MOST_NOTICES = 4;

export const notices = new Value<readonly Notice[]>([]);
let lastId = 0;

export function notify(tone: Tone, title: string, text = ""): void {
  const id = ++lastId;
  notices.set([...notices.get(), { id, tone, title, text }].slice(-MOST_NOTICES));
  setTimeout(() => dismiss(id), tone === "bad" ? FAILURE_SHOWN_MS : SHOWN_MS);
}

export function dismiss(id: number): void {
  notices.set(notices.get().filter((notice) => notice.id !== id));
}
