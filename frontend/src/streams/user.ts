/**
 * The private stream: open orders and balances of whoever is signed in.
 *
 * After an interruption it goes on from the last event of each writer; where events are missing in between it starts over. Until
 * the server has confirmed either, what is known counts as stale.
 */

import type { AddressSyncFrame, UserEvent, UserSnapshot } from "./frames";
import { ReconnectingSocket, type Frame } from "./socket";
import { Value } from "./store";
import { applyEvent, fromSnapshot, type UserState } from "./userState";

const SESSION_ENDED = 4401;

export interface UserStreamState {
  readonly account: UserState | null;
  readonly isFresh: boolean;
}

export type UserListener = (event: UserEvent) => void;
export type SyncListener = (progress: AddressSyncFrame["data"]) => void;

const NOTHING: UserStreamState = { account: null, isFresh: false };

export class UserStream {
  readonly socket: ReconnectingSocket;
  readonly state = new Value<UserStreamState>(NOTHING);
  private readonly listeners = new Set<UserListener>();
  private readonly syncListeners = new Set<SyncListener>();
  private lastId = 0;
  /** Called when the server says that the session is over. */
  onSessionEnded: () => void = () => undefined;

  constructor(url: string) {
    this.socket = new ReconnectingSocket(url, {
      onOpen: () => undefined,
      onFrame: (frame) => this.receive(frame),
      onClose: (code) => {
        this.state.set({ ...this.state.get(), isFresh: false });
        if (code !== SESSION_ENDED) return true;
        this.onSessionEnded();
        return false;
      },
    });
  }

  start(): void {
    this.socket.start();
  }

  /** Forget everything: somebody signed out. */
  stop(): void {
    this.socket.stop();
    this.state.set(NOTHING);
  }

  /** Hear of each event of the account, once. */
  listen(listener: UserListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Hear of the progress of syncs with other exchanges, while one looks. */
  listenToSyncs(listener: SyncListener): () => void {
    this.syncListeners.add(listener);
    return () => this.syncListeners.delete(listener);
  }

  private receive(frame: Frame): void {
    const { account } = this.state.get();
    switch (frame.type) {
      case "ready":
        this.socket.send({
          op: "subscribe",
          id: ++this.lastId,
          ...(account === null ? {} : { from: account.sequences }),
        });
        break;
      case "snapshot":
        this.state.set({ account: fromSnapshot(frame as unknown as UserSnapshot), isFresh: true });
        break;
      case "subscribed":
        if (account !== null) this.state.set({ account, isFresh: true });
        break;
      case "event":
        this.take(frame as unknown as UserEvent);
        break;
      case "address_sync":
        for (const listener of [...this.syncListeners]) listener((frame as unknown as AddressSyncFrame).data);
        break;
      case "error":
        // Without an id it is about the connection, whose end follows and says why.
        if (frame["id"] === null || frame["id"] === undefined) break;
        // The subscription was refused: begin from nothing, with the pauses of a reconnection.
        this.state.set(NOTHING);
        this.socket.restart();
        break;
    }
  }

  private take(event: UserEvent): void {
    const { account, isFresh } = this.state.get();
    if (account === null) return;
    const applied = applyEvent(account, event);
    if (applied.kind === "gap") {
      this.state.set({ account, isFresh: false });
      this.socket.restart();
      return;
    }
    if (applied.kind === "repeated") return;
    this.state.set({ account: applied.state, isFresh });
    for (const listener of [...this.listeners]) listener(event);
  }
}
