import { useQueryClient } from "@tanstack/react-query";
import { useLocation, useNavigate } from "react-router";
import { fetchSession } from "../../api/identity";
import { forgetPerson } from "../../app/queries";

/** After signing in: learn who it is, and go back to where one came from. */
export function useArrival(otherwise: string): () => Promise<void> {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const state = useLocation().state as { next?: string } | null;
  return async () => {
    forgetPerson();
    queryClient.setQueryData(["session"], await fetchSession());
    const next = state?.next;
    void navigate(next !== undefined && next !== "/" ? next : otherwise, { replace: true });
  };
}
