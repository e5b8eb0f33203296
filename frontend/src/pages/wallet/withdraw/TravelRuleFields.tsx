import { Field } from "../../../components/Field";
import type { TravelRule } from "./draft";
import styles from "../wallet.module.css";

interface Props {
  readonly rule: TravelRule;
  readonly onChange: (rule: TravelRule) => void;
}

/** What the law asks of withdrawals above a value. */
export function TravelRuleFields({ rule, onChange }: Props) {
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
      {!rule.isSelf && (
        <Field
          label="Full name of the recipient"
          value={rule.beneficiary}
          onText={(beneficiary) => onChange({ ...rule, beneficiary })}
          autoComplete="off"
          maxLength={140}
        />
      )}
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
