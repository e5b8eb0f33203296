import type { ReactNode } from "react";
import type { ConnectionState } from "../streams/socket";
import { marketStream, useFreshness, useValue } from "../app/streams";
import type { Topic } from "../streams/topics";
import styles from "./Panel.module.css";

interface Props {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A named part of a desk, with a bar on top. */
export function Panel({ title, aside, children }: Props) {
  return (
    <section className={styles["panel"]} aria-label={title}>
      <header className={styles["head"]}>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

const WORDS: Readonly<Record<ConnectionState, string>> = {
  idle: "Connecting…",
  connecting: "Connecting…",
  reconnecting: "Reconnecting…",
  stale: "Stale",
  live: "Resyncing…",
};

/** Says that what a topic shows is not the present, and why. Nothing while it is. */
export function Staleness({ topic }: { topic: Topic }) {
  const isFresh = useFreshness(topic);
  const connection = useValue(marketStream.socket.state);
  return isFresh ? null : <span className="badge warn">{WORDS[connection]}</span>;
}
