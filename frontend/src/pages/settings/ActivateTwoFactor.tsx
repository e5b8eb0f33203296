import { useState, type FormEvent, type ReactNode } from "react";
import { activate, beginActivation, type Secret } from "../../api/secondFactor";
import { CodeField } from "../../components/CodeField";
import { CopyButton } from "../../components/CopyButton";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { useIdentityForm, type IdentityFormState } from "../identity/useIdentityForm";
import styles from "./TwoFactor.module.css";

const GROUP = /.{4}/g;

interface Props {
  readonly onClose: () => void;
  readonly onActivated: (recoveryCodes: readonly string[]) => void;
}

/** The password, then the secret for the app, then a first code of it. */
export function ActivateTwoFactor({ onClose, onActivated }: Props) {
  const [secret, setSecret] = useState<Secret | null>(null);
  return (
    <Dialog title="Activate two-factor authentication" onClose={onClose} isSticky={secret !== null}>
      {secret === null ? (
        <Password onClose={onClose} onSecret={setSecret} />
      ) : (
        <FirstCode secret={secret} onClose={onClose} onActivated={onActivated} />
      )}
    </Dialog>
  );
}

function Password({ onClose, onSecret }: { onClose: () => void; onSecret: (secret: Secret) => void }) {
  const [password, setPassword] = useState("");
  const form = useIdentityForm(["password"]);
  return (
    <Form
      label="Confirm your password"
      action="Continue"
      form={form}
      onClose={onClose}
      onSubmit={async () => onSecret(await beginActivation(password))}
    >
      <p className="soft">You need an app that shows codes by time, such as Aegis, 2FAS or Google Authenticator.</p>
      <Field
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        autoFocus
        value={password}
        error={form.problem("password")}
        onText={setPassword}
      />
    </Form>
  );
}

function FirstCode({ secret, onClose, onActivated }: Props & { secret: Secret }) {
  const [code, setCode] = useState("");
  const form = useIdentityForm([]);

  async function submit(): Promise<void> {
    const entered = code;
    setCode("");
    onActivated(await activate(entered));
  }

  return (
    <Form label="First code" action="Activate" form={form} onClose={onClose} onSubmit={submit}>
      <p className="soft">Scan this with your app, or type the key into it. Then enter the code that it shows.</p>
      <div className={styles["secret"]}>
        <img
          className={styles["qr"]}
          src={`data:image/svg+xml,${encodeURIComponent(secret.svg)}`}
          alt="QR code with the key"
        />
        <div className={styles["key"]}>
          <span className="faint">Key</span>
          <code>{secret.secret.match(GROUP)?.join(" ") ?? secret.secret}</code>
          <div className={styles["keyButtons"]}>
            <CopyButton text={secret.secret} label="Copy the key" />
            <a className="button tiny" href={secret.url}>
              Open in an app
            </a>
          </div>
        </div>
      </div>
      <CodeField hint="Six digits; a new code comes every 30 seconds." value={code} onText={setCode} autoFocus />
    </Form>
  );
}

interface FormProps {
  readonly label: string;
  readonly action: string;
  readonly form: IdentityFormState;
  readonly onClose: () => void;
  readonly onSubmit: () => Promise<void>;
  readonly children: ReactNode;
}

function Form({ label, action, form: { isSending, problem, send }, onClose, onSubmit, children }: FormProps) {
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isSending) void send(onSubmit);
  }
  return (
    <form className={styles["form"]} aria-label={label} onSubmit={submit}>
      {problem("") !== undefined && (
        <p className={styles["problem"]} role="alert">
          {problem("")}
        </p>
      )}
      {children}
      <div className={styles["buttons"]}>
        <button type="button" className="button" onClick={onClose}>
          Never mind
        </button>
        <button type="submit" className="button primary" disabled={isSending}>
          {isSending ? "One moment…" : action}
        </button>
      </div>
    </form>
  );
}
