import { IdentityCard } from "./IdentityCard";

export function VerificationNeeded({ email }: { email: string }) {
  return (
    <IdentityCard title="Look into your mail">
      <p role="status">
        A message with a link is on its way to <strong>{email}</strong>. Follow the link to confirm the address, then
        sign in.
      </p>
    </IdentityCard>
  );
}
