import { useState } from "react";
import { explain } from "../../api/errors";
import { IdentityError } from "../../api/identity";

export interface IdentityFormState {
  readonly isSending: boolean;
  /** Of a field; of "" what belongs to none. */
  readonly problem: (field: string) => string | undefined;
  readonly send: (action: () => Promise<void>) => Promise<void>;
}

/** Sends a form of an identity page and keeps what was refused. `fields` are those that show their own problem. */
export function useIdentityForm(fields: readonly string[]): IdentityFormState {
  const [isSending, setSending] = useState(false);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});

  async function send(action: () => Promise<void>): Promise<void> {
    setSending(true);
    setProblems({});
    try {
      await action();
    } catch (error) {
      setProblems(error instanceof IdentityError ? error.problems : { "": explain(error) });
    } finally {
      setSending(false);
    }
  }

  function problem(field: string): string | undefined {
    if (field !== "") return problems[field];
    const others = Object.entries(problems).filter(([name]) => !fields.includes(name));
    return others.length === 0 ? undefined : others.map(([, message]) => message).join(" ");
  }

  return { isSending, problem, send };
}
