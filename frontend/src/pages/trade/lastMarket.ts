const KEY = "bourse-last-market";

/** The market this browser looked at last. */
export const lastMarket = {
  get: (): string | null => localStorage.getItem(KEY),
  set: (symbol: string): void => localStorage.setItem(KEY, symbol),
};
