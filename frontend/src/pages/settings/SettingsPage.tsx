import { useState, type ReactNode } from "react";
import { explain } from "../../api/errors";
import { changePassword, resendVerification } from "../../api/identity";
import { showRate } from "../../app/amounts";
import { useAccount, useFees } from "../../app/queries";
import { chooseTheme, themeChoice, type ThemeChoice } from "../../app/theme";
import { showDay } from "../../app/times";
import { useValue } from "../../app/streams";
import { useTitle } from "../../app/useTitle";
import { Field } from "../../components/Field";
import { notify } from "../../components/notices";
import { Segmented } from "../../components/Segmented";
import { Failure, Skeleton } from "../../components/States";
import { useIdentityForm } from "../identity/useIdentityForm";
import styles from "./SettingsPage.module.css";
import { TradingPreferences } from "./TradingPreferences";
import { TwoFactor } from "./TwoFactor";

const KYC_WORDS = {
  approved: ["Verified", "good"],
  pending: ["Not verified yet", "warn"],
  rejected: ["Refused", "bad"],
} as const;
const STATE_WORDS = {
  active: ["Active", "good"],
  trade_frozen: ["Trading frozen", "warn"],
  withdraw_frozen: ["Withdrawals frozen", "warn"],
  closed: ["Closed", "bad"],
} as const;

export default function SettingsPage() {
  useTitle("Settings");
  return (
    <div className={`page ${styles["page"]}`}>
      <div className="page-head">
        <h1>Settings</h1>
      </div>
      <AccountFacts />
      <FeeTable />
      <TradingPreferences />
      <Appearance />
      <PasswordForm />
      <TwoFactor />
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={`panel ${styles["section"]}`} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function AccountFacts() {
  const { data: account, error, refetch } = useAccount();
  if (account === undefined) {
    return (
      <Section title="Account">
        {error === null ? <Skeleton rows={4} /> : <Failure error={error} onRetry={() => void refetch()} />}
      </Section>
    );
  }
  const [kyc, kycLook] = KYC_WORDS[account.kyc_status];
  const [state, stateLook] = STATE_WORDS[account.state];
  return (
    <Section title="Account">
      <dl className={styles["facts"]}>
        <dt>User name</dt>
        <dd>{account.username}</dd>
        <dt>E-mail</dt>
        <dd>
          {account.email}{" "}
          {account.email_verified ? (
            <span className="badge good">Confirmed</span>
          ) : (
            <Unconfirmed email={account.email} />
          )}
        </dd>
        <dt>Identity</dt>
        <dd>
          <span className={`badge ${kycLook}`}>{kyc}</span>
        </dd>
        <dt>State</dt>
        <dd>
          <span className={`badge ${stateLook}`}>{state}</span>
        </dd>
        <dt>Member since</dt>
        <dd>{showDay(account.joined_at)}</dd>
      </dl>
    </Section>
  );
}

function Unconfirmed({ email }: { email: string }) {
  const [isSent, setSent] = useState(false);

  async function send(): Promise<void> {
    setSent(true);
    try {
      await resendVerification(email);
      notify("good", "Message sent", `Follow the link in it to confirm ${email}.`);
    } catch (error) {
      notify("bad", "No message was sent", explain(error));
    }
  }

  return (
    <>
      <span className="badge">Not confirmed</span>{" "}
      <button type="button" className="button quiet tiny" disabled={isSent} onClick={() => void send()}>
        Send the link again
      </button>
    </>
  );
}

function FeeTable() {
  const { data: fees, error, refetch } = useFees();
  if (fees === undefined) {
    return (
      <Section title="Fees">
        {error === null ? <Skeleton rows={4} /> : <Failure error={error} onRetry={() => void refetch()} />}
      </Section>
    );
  }
  return (
    <Section title="Fees">
      <p className="soft">
        A fee is a part of what a trade brings you. Orders that wait in the book pay the maker’s, orders that trade at
        once the taker’s.
      </p>
      <table className={`table ${styles["fees"]}`}>
        <caption className="visually-hidden">Fees by tier</caption>
        <thead>
          <tr>
            <th scope="col">Tier</th>
            <th scope="col" className="number">
              Maker
            </th>
            <th scope="col" className="number">
              Taker
            </th>
          </tr>
        </thead>
        <tbody>
          {fees.tiers.map((tier) => (
            <tr key={tier.tier} aria-current={tier.tier === fees.tier}>
              <td>
                {tier.tier} {tier.tier === fees.tier && <span className="badge accent">Yours</span>}
              </td>
              <td className="number">{showRate(tier.maker)}</td>
              <td className="number">{showRate(tier.taker)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

const THEMES: readonly { value: ThemeChoice; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
];

function Appearance() {
  const choice = useValue(themeChoice);
  return (
    <Section title="Appearance">
      <div className={styles["narrow"]}>
        <Segmented label="Theme" choices={THEMES} value={choice} onChange={chooseTheme} />
      </div>
    </Section>
  );
}

function PasswordForm() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const { isSending, problem, send } = useIdentityForm(["current_password", "new_password"]);

  async function submit(): Promise<void> {
    await changePassword({ current_password: current, new_password: next });
    setCurrent("");
    setNext("");
    notify("good", "Password changed");
  }

  return (
    <Section title="Password">
      <form
        className={styles["narrow"]}
        aria-label="Change password"
        onSubmit={(event) => {
          event.preventDefault();
          void send(submit);
        }}
      >
        {problem("") !== undefined && (
          <p className="down" role="alert">
            {problem("")}
          </p>
        )}
        <Field
          label="Present password"
          type="password"
          autoComplete="current-password"
          required
          value={current}
          error={problem("current_password")}
          onText={setCurrent}
        />
        <Field
          label="New password"
          type="password"
          autoComplete="new-password"
          required
          value={next}
          error={problem("new_password")}
          onText={setNext}
        />
        <button type="submit" className="button" disabled={isSending}>
          Change password
        </button>
      </form>
    </Section>
  );
}
