import { useState } from "react";
import { Link, Navigate, useLocation } from "react-router";
import { signIn } from "../../api/identity";
import { config } from "../../app/config";
import { useIsSignedIn } from "../../app/queries";
import { useTitle } from "../../app/useTitle";
import { Field } from "../../components/Field";
import { IdentityCard, IdentityForm } from "./IdentityCard";
import { useArrival } from "./useArrival";
import { useIdentityForm } from "./useIdentityForm";
import { SignInCode } from "./SignInCode";
import { VerificationNeeded } from "./VerificationNeeded";

export default function SignInPage() {
  useTitle("Sign in");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [isUnverified, setUnverified] = useState(false);
  const [needsCode, setNeedsCode] = useState(false);
  const { isSending, problem, send } = useIdentityForm(["email", "password"]);
  const { target, arrive } = useArrival();
  const isSignedIn = useIsSignedIn();
  const { state } = useLocation();

  if (isSignedIn) return <Navigate to={target} replace />;
  if (isUnverified) return <VerificationNeeded email={email} />;
  if (needsCode) return <SignInCode onSignedIn={arrive} onStartAgain={() => setNeedsCode(false)} />;

  async function submit(): Promise<void> {
    const outcome = await signIn({ email: email.trim(), password });
    if (outcome === "verification-needed") setUnverified(true);
    else if (outcome === "code-needed") setNeedsCode(true);
    else await arrive();
  }

  return (
    <IdentityCard
      title="Sign in"
      footer={
        <>
          New here?{" "}
          <Link to="/sign-up" state={state}>
            Create an account
          </Link>
        </>
      }
    >
      {config.demo && <p>Demo: the logins are printed where the exchange was started.</p>}
      <IdentityForm
        label="Sign in"
        action="Sign in"
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
        <Field
          label="Password"
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          error={problem("password")}
          onText={setPassword}
        />
        <Link to="/account/reset-password">Forgotten your password?</Link>
      </IdentityForm>
    </IdentityCard>
  );
}
