import { useState } from "react";
import { IdentityError, signInWithCode } from "../../api/identity";
import { CodeField } from "../../components/CodeField";
import { IdentityCard, IdentityForm } from "./IdentityCard";
import { useIdentityForm } from "./useIdentityForm";

interface Props {
  readonly onSignedIn: () => Promise<void>;
  readonly onStartAgain: () => void;
}

/** After the password, for accounts with two-factor authentication. */
export function SignInCode({ onSignedIn, onStartAgain }: Props) {
  const [code, setCode] = useState("");
  const { isSending, problem, send } = useIdentityForm([]);

  async function submit(): Promise<void> {
    const entered = code;
    setCode("");
    if ((await signInWithCode(entered)) !== "signed-in")
      throw new IdentityError({ "": "This took too long. Go back and enter your password again." });
    await onSignedIn();
  }

  return (
    <IdentityCard
      title="Two-factor code"
      footer={
        <button type="button" className="button quiet" onClick={onStartAgain}>
          Back
        </button>
      }
    >
      <IdentityForm
        label="Two-factor code"
        action="Sign in"
        isSending={isSending}
        problem={problem("")}
        onSubmit={() => send(submit)}
      >
        <CodeField value={code} onText={setCode} autoFocus />
      </IdentityForm>
    </IdentityCard>
  );
}
