import { Menu, MenuItem } from "../../components/Menu";
import { Segmented } from "../../components/Segmented";
import type { Interval } from "../../streams/frames";
import styles from "./IntervalChoice.module.css";

/** In sight; the menu has all. */
const USUAL: readonly Interval[] = ["1m", "5m", "15m", "1h", "4h", "1d"];

const NAMES: Readonly<Record<Interval, string>> = {
  "1s": "1 second",
  "1m": "1 minute",
  "3m": "3 minutes",
  "5m": "5 minutes",
  "15m": "15 minutes",
  "30m": "30 minutes",
  "1h": "1 hour",
  "2h": "2 hours",
  "4h": "4 hours",
  "6h": "6 hours",
  "12h": "12 hours",
  "1d": "1 day",
  "1w": "1 week",
  "1M": "1 month",
};

export const INTERVALS = Object.keys(NAMES) as readonly Interval[];

interface Props {
  readonly value: Interval;
  readonly onChange: (interval: Interval) => void;
}

/** How long a candle is. */
export function IntervalChoice({ value, onChange }: Props) {
  const isUnusual = !USUAL.includes(value);
  return (
    <div className={styles["choice"]}>
      <Segmented
        label="Candle interval"
        isPlain
        choices={USUAL.map((interval) => ({ value: interval, label: interval }))}
        value={value}
        onChange={onChange}
      />
      <Menu
        label="All candle intervals"
        button={<span className={isUnusual ? styles["chosen"] : styles["more"]}>{isUnusual ? value : "More"}</span>}
      >
        <div className={styles["names"]}>
          {INTERVALS.map((interval) => (
            <MenuItem key={interval} isChosen={interval === value} onSelect={() => onChange(interval)}>
              {NAMES[interval]}
            </MenuItem>
          ))}
        </div>
      </Menu>
    </div>
  );
}
