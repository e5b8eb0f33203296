/** Arranging and comparing addresses. */

import type { Address } from "./types";

export interface AddressGroup {
  readonly key: string;
  readonly currency: string;
  readonly network: string;
  readonly addresses: readonly Address[];
}

/** By currency and network, whichever exchange they are at; currencies as they come, the networks of each by name. */
export function groupsOf(addresses: readonly Address[]): readonly AddressGroup[] {
  const groups = new Map<string, Address[]>();
  for (const address of addresses) {
    const key = `${address.currency} ${address.network}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [address]);
    else group.push(address);
  }
  const currencies = [...new Set(addresses.map(({ currency }) => currency))];
  return [...groups]
    .map(([key, members]) => ({
      key,
      currency: members[0]?.currency ?? "",
      network: members[0]?.network ?? "",
      addresses: members,
    }))
    .sort(
      (a, b) =>
        currencies.indexOf(a.currency) - currencies.indexOf(b.currency) || a.network.localeCompare(b.network),
    );
}

export interface Comparison {
  readonly start: string;
  readonly before: string;
  readonly after: string;
  readonly end: string;
}

/** What two texts share at both ends, and what is between: where to look. */
export function compared(before: string, after: string): Comparison {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return {
    start: before.slice(0, start),
    before: before.slice(start, before.length - end),
    after: after.slice(start, after.length - end),
    end: before.slice(before.length - end),
  };
}
