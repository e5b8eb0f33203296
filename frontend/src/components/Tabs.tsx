import { useId, type KeyboardEvent, type ReactNode } from "react";
import styles from "./Tabs.module.css";

export interface TabItem<Name extends string> {
  readonly value: Name;
  readonly label: string;
  readonly count?: number | undefined;
}

interface Props<Name extends string> {
  readonly label: string;
  readonly items: readonly TabItem<Name>[];
  readonly value: Name;
  readonly onChange: (value: Name) => void;
  /** Beside the tabs, at the other end. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

/** Tabs and the panel of the chosen one; arrow keys go from one to the next. */
export function Tabs<Name extends string>({ label, items, value, onChange, aside, children, className }: Props<Name>) {
  const id = useId();

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = items.findIndex((item) => item.value === value);
    const next = items[(index + step + items.length) % items.length];
    if (next === undefined) return;
    onChange(next.value);
    document.getElementById(`${id}-tab-${next.value}`)?.focus();
  }

  return (
    <div className={[styles["tabs"], className].join(" ")}>
      <div className={styles["bar"]}>
        <div role="tablist" aria-label={label} className={styles["list"]} onKeyDown={onKeyDown}>
          {items.map((item) => (
            <button
              key={item.value}
              type="button"
              role="tab"
              id={`${id}-tab-${item.value}`}
              aria-selected={item.value === value}
              aria-controls={`${id}-panel`}
              tabIndex={item.value === value ? 0 : -1}
              className={styles["tab"]}
              onClick={() => onChange(item.value)}
            >
              {item.label}
              {item.count !== undefined && <span className={styles["count"]}>{item.count}</span>}
            </button>
          ))}
        </div>
        {aside !== undefined && <div className={styles["aside"]}>{aside}</div>}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${value}`} className={styles["panel"]}>
        {children}
      </div>
    </div>
  );
}
