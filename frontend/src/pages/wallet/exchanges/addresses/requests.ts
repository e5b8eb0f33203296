import { answered, api } from "../../../../api/client";
import { refreshExchanges, refreshExchangesWithout } from "../data";
import type { Address, AddressChange, BulkResult, NewAddress } from "../types";

export type BulkAction = "activate" | "deactivate" | "allow" | "block" | "unlist" | "delete";

/** Each of them sends, makes the lists read again whatever came of it, and throws what was refused. */
async function sent<Answer>(request: Promise<Answer>): Promise<Answer> {
  try {
    return await request;
  } finally {
    refreshExchanges();
  }
}

export function addAddress(address: NewAddress): Promise<Address> {
  return sent(answered(api.POST("/api/v1/wallet/addresses", { body: address })));
}

export function changeAddress(id: string, changes: AddressChange): Promise<Address> {
  return sent(answered(api.PUT("/api/v1/wallet/addresses/{address_id}", { params: { path: { address_id: id } }, body: changes })));
}

/** Ask the exchange for it again. */
export function refreshAddress(id: string): Promise<Address> {
  return sent(answered(api.PUT("/api/v1/wallet/addresses/{address_id}/refresh", { params: { path: { address_id: id } } })));
}

export async function deleteAddress(id: string): Promise<void> {
  await answered(api.DELETE("/api/v1/wallet/addresses/{address_id}", { params: { path: { address_id: id } } }));
  refreshExchangesWithout(id);
}

/** Each address has an outcome of its own. */
export async function changeAddresses(action: BulkAction, ids: readonly string[]): Promise<readonly BulkResult[]> {
  const body = { action, ids: [...ids] };
  return (await sent(answered(api.POST("/api/v1/wallet/addresses/bulk", { body })))).results;
}
