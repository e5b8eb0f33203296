import { Field } from "./Field";

interface Props {
  readonly label?: string;
  readonly hint?: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly error?: string | undefined;
  readonly autoFocus?: boolean;
}

/** An entry for a code: phones show digits and offer what just arrived. */
export function CodeField({
  label = "Code",
  hint = "Six digits from your authenticator app, or a recovery code.",
  ...entry
}: Props) {
  return (
    <Field
      label={label}
      hint={hint}
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      spellCheck={false}
      maxLength={24}
      required
      {...entry}
    />
  );
}
