/**
 * State outside React that components read with useSyncExternalStore.
 *
 * Listeners hear of a change once a frame, however many messages arrived in it; a hidden tab draws no frames and hears of it
 * every quarter of a second.
 */

const HIDDEN_PERIOD_MS = 250;

const waiting = new Set<() => void>();
let isScheduled = false;

function flush(): void {
  isScheduled = false;
  const calls = [...waiting];
  waiting.clear();
  for (const call of calls) call();
}

function schedule(call: () => void): void {
  waiting.add(call);
  if (isScheduled) return;
  isScheduled = true;
  if (typeof document === "undefined" || document.hidden) setTimeout(flush, HIDDEN_PERIOD_MS);
  else requestAnimationFrame(flush);
}

// A frame that was asked for before the tab was hidden never comes.
if (typeof document !== "undefined") {
  document.addEventListener("visibilitychange", () => {
    if (isScheduled) flush();
  });
}

export class Observable {
  private readonly listeners = new Set<() => void>();
  private version = 0;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Grows with every change; the snapshot of useSyncExternalStore for state that changes in place. */
  readonly getVersion = (): number => this.version;

  private readonly tell = (): void => {
    for (const listener of [...this.listeners]) listener();
  };

  protected changed(): void {
    this.version += 1;
    schedule(this.tell);
  }
}

/** One immutable value. */
export class Value<Content> extends Observable {
  constructor(private content: Content) {
    super();
  }

  readonly get = (): Content => this.content;

  set(content: Content): void {
    if (Object.is(content, this.content)) return;
    this.content = content;
    this.changed();
  }
}
