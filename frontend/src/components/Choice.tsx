interface ChoiceProps {
  readonly label: string;
  /** What it is called when nothing is chosen. */
  readonly all: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** One of a few, or all of them: a filter. */
export function Choice({ label, all, options, value, onChange }: ChoiceProps) {
  return (
    <label>
      <span className="visually-hidden">{label}</span>
      <select
        className="select small"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">{all}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
