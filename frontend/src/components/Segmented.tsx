import { useId } from "react";
import styles from "./Segmented.module.css";

interface Choice<Name extends string> {
  readonly value: Name;
  readonly label: string;
  readonly tone?: "buy" | "sell";
  readonly isDisabled?: boolean;
}

interface Props<Name extends string> {
  /** What is chosen here, for screen readers. */
  readonly label: string;
  readonly choices: readonly Choice<Name>[];
  readonly value: Name;
  readonly onChange: (value: Name) => void;
  readonly size?: "small" | "large";
  readonly isPlain?: boolean;
}

/** One of a few, all in sight: radio buttons in the shape of a bar. */
export function Segmented<Name extends string>({
  label,
  choices,
  value,
  onChange,
  size = "small",
  isPlain = false,
}: Props<Name>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={styles["bar"]} data-size={size} data-plain={isPlain}>
      {choices.map((choice) => (
        <label key={choice.value} className={styles["choice"]} data-tone={choice.tone}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            disabled={choice.isDisabled}
            onChange={() => onChange(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </div>
  );
}
