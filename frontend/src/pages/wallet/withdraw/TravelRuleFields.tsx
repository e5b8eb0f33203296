import { Field } from "../../../components/Field";
import type { AskedOfRule, TravelRule } from "./draft";
import styles from "../wallet.module.css";

interface Props {
  readonly asked: NonNullable<AskedOfRule>;
  readonly rule: TravelRule;
  readonly onChange: (rule: TravelRule) => void;
}

/** What the law asks of withdrawals above a value, and of it what a bank needs of every transfer. */
export function TravelRuleFields({ asked, rule, onChange }: Props) {
  const recipient = (
    <Field
      label="Full name of the recipient"
      value={rule.beneficiary}
      onText={(beneficiary) => onChange({ ...rule, beneficiary })}
      autoComplete="off"
      maxLength={140}
      hint={asked === "recipient" ? "Of the account’s holder, as the bank knows it." : undefined}
    />
  );
  if (asked === "recipient") return recipient;
  return (
    <fieldset className={styles["fieldset"]}>
      <legend>Sender, recipient and purpose</legend>
      <p className="soft">For a withdrawal of this value the law asks who sends, who receives, and why.</p>
      <Field
        label="Your full name"
        value={rule.originator}
        onText={(originator) => onChange({ ...rule, originator })}
        autoComplete="name"
        maxLength={140}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={rule.isSelf}
          onChange={(event) => onChange({ ...rule, isSelf: event.target.checked })}
        />
        The address is my own
      </label>
      {!rule.isSelf && recipient}
      <Field
        label="Who keeps the address (optional)"
        value={rule.institution}
        onText={(institution) => onChange({ ...rule, institution })}
        autoComplete="off"
        maxLength={140}
        hint="The exchange or bank; leave it empty for a wallet of one's own."
      />
      <Field
        label="Purpose"
        value={rule.purpose}
        onText={(purpose) => onChange({ ...rule, purpose })}
        autoComplete="off"
        maxLength={140}
      />
    </fieldset>
  );
}
