/** What happens when an order meets one of the same account, in words. */

import type { SelfTradePrevention } from "./draft";

export const PREVENTIONS: Readonly<Record<SelfTradePrevention, { readonly label: string; readonly what: string }>> = {
  NONE: { label: "Allow", what: "They trade with each other." },
  EXPIRE_TAKER: { label: "End the new order", what: "What is left of the new order ends; the resting one stays." },
  EXPIRE_MAKER: { label: "End the resting order", what: "The resting order ends; the new one goes on." },
  EXPIRE_BOTH: { label: "End both", what: "Both orders end." },
  DECREMENT: { label: "Reduce both", what: "Both get smaller by the same quantity, without a trade." },
};

export function preventionOf(value: string): SelfTradePrevention | null {
  return (Object.keys(PREVENTIONS) as SelfTradePrevention[]).find((mode) => mode === value) ?? null;
}
