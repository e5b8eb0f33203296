import { useState } from "react";
import { Link, useParams } from "react-router";
import { resetPassword } from "../../api/identity";
import { useTitle } from "../../app/useTitle";
import { Field } from "../../components/Field";
import { IdentityCard, IdentityForm } from "./IdentityCard";
import { useIdentityForm } from "./useIdentityForm";

export default function ResetPasswordPage() {
  useTitle("New password");
  const { key = "" } = useParams();
  const [password, setPassword] = useState("");
  const [isDone, setDone] = useState(false);
  const { isSending, problem, send } = useIdentityForm(["password"]);

  async function submit(): Promise<void> {
    await resetPassword(key, password);
    setDone(true);
  }

  return (
    <IdentityCard title="Choose a new password" footer={<Link to="/sign-in">To sign in</Link>}>
      {isDone ? (
        <p role="status">Your password is changed. Sign in with it.</p>
      ) : (
        <IdentityForm
          label="Password reset"
          action="Change password"
          isSending={isSending}
          problem={problem("")}
          onSubmit={() => send(submit)}
        >
          <Field
            label="New password"
            type="password"
            name="password"
            autoComplete="new-password"
            required
            value={password}
            error={problem("password")}
            onText={setPassword}
          />
        </IdentityForm>
      )}
    </IdentityCard>
  );
}
