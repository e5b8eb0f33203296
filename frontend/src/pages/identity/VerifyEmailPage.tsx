import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { verifyEmail } from "../../api/identity";
import { useTitle } from "../../app/useTitle";
import { IdentityCard, IdentityForm } from "./IdentityCard";
import { useIdentityForm } from "./useIdentityForm";

/** Where the link in the mail leads. It confirms on a click, because mail programs open links by themselves. */
export default function VerifyEmailPage() {
  useTitle("Confirm your address");
  const { key = "" } = useParams();
  const [isDone, setDone] = useState(false);
  const { isSending, problem, send } = useIdentityForm([]);
  const queryClient = useQueryClient();

  async function submit(): Promise<void> {
    await verifyEmail(key);
    setDone(true);
    void queryClient.invalidateQueries({ queryKey: ["session"] });
    void queryClient.invalidateQueries({ queryKey: ["account"] });
  }

  return (
    <IdentityCard title="Confirm your address" footer={<Link to="/">To the markets</Link>}>
      {isDone ? (
        <p role="status">Thank you. Your e-mail address is confirmed.</p>
      ) : (
        <IdentityForm
          label="Confirm address"
          action="Confirm"
          isSending={isSending}
          problem={problem("")}
          onSubmit={() => send(submit)}
        >
          <span className="soft">One click, and the address belongs to your account.</span>
        </IdentityForm>
      )}
    </IdentityCard>
  );
}
