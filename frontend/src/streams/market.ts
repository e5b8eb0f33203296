/** The public stream: one socket, and a subscription for every topic that somebody looks at. */

import type { Frame } from "./socket";
import { ReconnectingSocket } from "./socket";
import { Value } from "./store";
import type { Topic } from "./topics";
import { topicKey } from "./topics";

/** How long a topic outlives its last reader, so that a change of pages does not load it anew. */
const LINGER_MS = 3_000;
const RESYNC_PAUSE_MS = 1_000;

interface Subscription {
  readonly topic: Topic;
  readers: number;
  isWanted: boolean;
  linger: ReturnType<typeof setTimeout> | undefined;
  resyncing: ReturnType<typeof setTimeout> | undefined;
  resyncedAt: number;
}

export class MarketStream {
  readonly socket: ReconnectingSocket;
  /** How far the reader's clock is ahead of the exchange's, in milliseconds; 0 until the exchange has told its time. */
  readonly clockAhead = new Value(0);
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly asked = new Map<number, string>();
  private lastId = 0;

  constructor(url: string) {
    this.socket = new ReconnectingSocket(url, {
      onOpen: () => {
        for (const { topic, isWanted } of this.subscriptions.values()) if (isWanted) this.ask("subscribe", topic);
      },
      onFrame: (frame) => this.route(frame),
      onClose: () => {
        this.asked.clear();
        for (const { topic } of this.subscriptions.values()) topic.interrupt();
        return true;
      },
    });
  }

  /** The topic of this key; it is subscribed to once it is held. */
  topic<Kind extends Topic>(key: string, make: () => Kind): Kind {
    return (this.subscriptions.get(key) ?? this.register(key, make())).topic as Kind;
  }

  /** Keep the topic subscribed until it was released as often as it was held. */
  hold(key: string, topic: Topic): void {
    const subscription = this.subscriptions.get(key) ?? this.register(key, topic);
    clearTimeout(subscription.linger);
    subscription.readers += 1;
    if (subscription.isWanted) return;
    subscription.isWanted = true;
    this.ask("subscribe", subscription.topic);
  }

  release(key: string): void {
    const subscription = this.subscriptions.get(key);
    if (subscription === undefined) return;
    subscription.readers -= 1;
    if (subscription.readers > 0) return;
    subscription.linger = setTimeout(() => {
      this.subscriptions.delete(key);
      subscription.topic.interrupt();
      this.ask("unsubscribe", subscription.topic);
    }, LINGER_MS);
  }

  private register(key: string, topic: Topic): Subscription {
    const subscription = { topic, readers: 0, isWanted: false, linger: undefined, resyncing: undefined, resyncedAt: 0 };
    topic.resync = () => this.resync(key);
    this.subscriptions.set(key, subscription);
    return subscription;
  }

  private ask(op: "subscribe" | "unsubscribe", topic: Topic): void {
    const id = ++this.lastId;
    if (op === "subscribe") this.asked.set(id, topic.key);
    this.socket.send({
      op,
      id,
      channel: topic.channel,
      ...(topic.channel === "notices" ? {} : { symbols: topic.symbol === "*" ? "*" : [topic.symbol] }),
      ...(topic.interval === null ? {} : { interval: topic.interval }),
    });
  }

  private resync(key: string): void {
    const subscription = this.subscriptions.get(key);
    if (subscription === undefined) return;
    clearTimeout(subscription.resyncing);
    const pause = Math.max(0, subscription.resyncedAt + RESYNC_PAUSE_MS - Date.now());
    subscription.resyncing = setTimeout(() => {
      if (this.subscriptions.get(key) !== subscription) return;
      subscription.resyncedAt = Date.now();
      // To subscribe again is to ask for a snapshot.
      this.ask("subscribe", subscription.topic);
    }, pause);
  }

  private route(frame: Frame): void {
    if (frame.type === "snapshot" || frame.type === "update") {
      const channel = frame["channel"] as string;
      const interval = (frame["interval"] as string | undefined) ?? null;
      this.subscriptions.get(topicKey(channel, frame["symbol"] as string, interval))?.topic.receive(frame);
      this.subscriptions.get(topicKey(channel, "*", interval))?.topic.receive(frame);
    } else if (frame.type === "hello") {
      this.clockAhead.set(Date.now() - Date.parse(frame["server_time"] as string));
    } else if (frame.type === "subscribed") {
      this.asked.delete(frame["id"] as number);
    } else if (frame.type === "error") {
      const key = this.asked.get(frame["id"] as number);
      this.asked.delete(frame["id"] as number);
      if (key !== undefined) this.resync(key);
    }
  }
}
