import type { Address } from "../types";
import { useCallback, useMemo, useState } from "react";

/** As many as may be acted on at once. */
const MOST = 100;

export interface Selection {
  /** Of those that are shown. */
  readonly ids: readonly string[];
  readonly has: (id: string) => boolean;
  readonly set: (ids: readonly string[], isChosen: boolean) => void;
  readonly clear: () => void;
}

/** Which rows are ticked; what is no longer shown is not acted on. */
export function useSelection(rows: readonly Address[] | undefined): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const ids = useMemo(
    () => (rows ?? []).map(({ id }) => id).filter((id) => chosen.has(id)).slice(0, MOST),
    [rows, chosen],
  );
  const set = useCallback((changed: readonly string[], isChosen: boolean) => {
    setChosen((before) => {
      const after = new Set(before);
      for (const id of changed) {
        if (isChosen) after.add(id);
        else after.delete(id);
      }
      return new Set([...after].slice(0, MOST));
    });
  }, []);
  const clear = useCallback(() => setChosen(new Set()), []);
  return { ids, has: (id) => chosen.has(id), set, clear };
}
