import { useState } from "react";
import { Link } from "react-router";
import { requestPasswordReset } from "../../api/identity";
import { useTitle } from "../../app/useTitle";
import { Field } from "../../components/Field";
import { IdentityCard, IdentityForm } from "./IdentityCard";
import { useIdentityForm } from "./useIdentityForm";

export default function RequestResetPage() {
  useTitle("Reset password");
  const [email, setEmail] = useState("");
  const [isSent, setSent] = useState(false);
  const { isSending, problem, send } = useIdentityForm(["email"]);

  async function submit(): Promise<void> {
    await requestPasswordReset(email.trim());
    setSent(true);
  }

  return (
    <IdentityCard title="Reset your password" footer={<Link to="/sign-in">Back to sign in</Link>}>
      {isSent ? (
        <p role="status">
          If there is an account with the address <strong>{email}</strong>, a message with a link is on its way to it.
        </p>
      ) : (
        <IdentityForm
          label="Reset password"
          action="Send the link"
          isSending={isSending}
          problem={problem("")}
          onSubmit={() => send(submit)}
        >
          <Field
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            error={problem("email")}
            onText={setEmail}
          />
        </IdentityForm>
      )}
    </IdentityCard>
  );
}
