import { useQueryClient } from "@tanstack/react-query";
import { useLocation } from "react-router";
import { fetchSession } from "../../api/identity";
import { forgetPerson } from "../../app/queries";

interface Arrival {
  /** Where somebody who is signed in goes on: where they came from, else to the markets' desk. */
  readonly target: string;
  /** Learn who has just signed in. */
  readonly arrive: () => Promise<void>;
}

export function useArrival(): Arrival {
  const queryClient = useQueryClient();
  const state = useLocation().state as { next?: string } | null;
  const next = state?.next;
  return {
    target: next !== undefined && next !== "/" && !next.startsWith("/sign-") ? next : "/trade",
    arrive: async () => {
      forgetPerson();
      queryClient.setQueryData(["session"], await fetchSession());
    },
  };
}
