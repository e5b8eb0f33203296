import { useState } from "react";
import { Link, Navigate, useLocation } from "react-router";
import { signUp } from "../../api/identity";
import { config } from "../../app/config";
import { useIsSignedIn } from "../../app/queries";
import { useTitle } from "../../app/useTitle";
import { Field } from "../../components/Field";
import { IdentityCard, IdentityForm } from "./IdentityCard";
import { useArrival } from "./useArrival";
import { useIdentityForm } from "./useIdentityForm";
import { VerificationNeeded } from "./VerificationNeeded";

export default function SignUpPage() {
  useTitle("Sign up");
  const [email, setEmail] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [isUnverified, setUnverified] = useState(false);
  const { isSending, problem, send } = useIdentityForm(["email", "username", "password"]);
  const { target, arrive } = useArrival();
  const isSignedIn = useIsSignedIn();
  const { state } = useLocation();

  if (isSignedIn) return <Navigate to={target} replace />;
  if (isUnverified) return <VerificationNeeded email={email} />;

  async function submit(): Promise<void> {
    const outcome = await signUp({ email: email.trim(), username: username.trim(), password });
    if (outcome === "signed-in") await arrive();
    else setUnverified(true);
  }

  return (
    <IdentityCard
      title="Create an account"
      footer={
        <>
          You have one?{" "}
          <Link to="/sign-in" state={state}>
            Sign in
          </Link>
        </>
      }
    >
      {config.demo && <p>This is a demo: your account starts with play money.</p>}
      <IdentityForm
        label="Sign up"
        action="Create account"
        isSending={isSending}
        problem={problem("")}
        onSubmit={() => send(submit)}
      >
        <Field
          label="E-mail"
          type="email"
          name="email"
          autoComplete="email"
          required
          value={email}
          error={problem("email")}
          onText={setEmail}
        />
        <Field
          label="User name"
          name="username"
          autoComplete="nickname"
          required
          minLength={3}
          maxLength={40}
          value={username}
          error={problem("username")}
          onText={setUsername}
        />
        <Field
          label="Password"
          type="password"
          name="password"
          autoComplete="new-password"
          required
          value={password}
          error={problem("password")}
          hint="Long and not used elsewhere: a sentence is fine."
          onText={setPassword}
        />
      </IdentityForm>
    </IdentityCard>
  );
}
