/**
 * A WebSocket that comes back: exponential backoff with jitter, pings, and a state that tells whether what was received can
 * still be taken for the present.
 *
 * live: open, and the server was heard of within STALE_AFTER_MS. stale: open, but silent. Everything else is not connected.
 */

import { Value } from "./store";

export type ConnectionState = "idle" | "connecting" | "live" | "stale" | "reconnecting";

export interface Frame {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface SocketHandlers {
  /** The connection stands: subscribe. */
  onOpen(): void;
  onFrame(frame: Frame): void;
  /** The connection is gone; what was received is old from now on. A false answer stops further attempts. */
  onClose(code: number): boolean;
}

const PING_PERIOD_MS = 2_000;
const STALE_AFTER_MS = 5_000;
const GIVE_UP_AFTER_MS = 10_000;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4_000;
/** A connection that stood this long starts the backoff anew. */
const PROVEN_AFTER_MS = 5_000;

export class ReconnectingSocket {
  readonly state = new Value<ConnectionState>("idle");
  private socket: WebSocket | null = null;
  private attempts = 0;
  private wasOpen = false;
  private openedAt = 0;
  private heardAt = 0;
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly wake = (): void => this.hurry();

  constructor(
    private readonly url: string,
    private readonly handlers: SocketHandlers,
  ) {}

  start(): void {
    if (this.state.get() !== "idle") return;
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.connect();
  }

  stop(): void {
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    clearTimeout(this.retry);
    this.drop();
    this.attempts = 0;
    this.wasOpen = false;
    this.state.set("idle");
  }

  send(frame: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** Drop the connection and make a new one: what was received does not join. */
  restart(): void {
    if (this.state.get() !== "idle") this.lost(0);
  }

  private connect(): void {
    this.state.set(this.wasOpen ? "reconnecting" : "connecting");
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.openedAt = this.heardAt = Date.now();
    socket.onopen = () => {
      this.openedAt = this.heardAt = Date.now();
      this.wasOpen = true;
      this.state.set("live");
      this.handlers.onOpen();
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      this.heardAt = Date.now();
      if (this.state.get() === "stale") this.state.set("live");
      this.handlers.onFrame(JSON.parse(event.data) as Frame);
    };
    socket.onclose = (event) => this.lost(event.code);
    clearInterval(this.heartbeat);
    this.heartbeat = setInterval(() => this.check(), PING_PERIOD_MS);
  }

  private check(): void {
    const silence = Date.now() - this.heardAt;
    if (silence > GIVE_UP_AFTER_MS) {
      this.lost(0);
      return;
    }
    if (silence > STALE_AFTER_MS && this.state.get() === "live") this.state.set("stale");
    this.send({ op: "ping" });
  }

  private lost(code: number): void {
    if (Date.now() - this.openedAt > PROVEN_AFTER_MS) this.attempts = 0;
    this.drop();
    if (!this.handlers.onClose(code)) {
      this.stop();
      return;
    }
    this.state.set(this.wasOpen ? "reconnecting" : "connecting");
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.attempts);
    this.attempts += 1;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), delay / 2 + (Math.random() * delay) / 2);
  }

  private drop(): void {
    clearInterval(this.heartbeat);
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** The network or the reader is back: try at once, and do not trust a connection that slept. */
  private hurry(): void {
    if (document.hidden) return;
    if (this.socket === null) {
      clearTimeout(this.retry);
      this.connect();
    } else {
      this.check();
    }
  }
}
