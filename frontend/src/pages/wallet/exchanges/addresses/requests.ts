import { answered } from "../../../../api/client";
import { venueApi, type Address, type AddressChange, type BulkResult, type NewAddress } from "../contract";
import { refreshExchanges } from "../data";

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
  return sent(answered(venueApi.POST("/api/v1/wallet/addresses", { body: address })));
}

export function changeAddress(id: string, changes: AddressChange): Promise<Address> {
  return sent(answered(venueApi.PUT("/api/v1/wallet/addresses/{id}", { params: { path: { id } }, body: changes })));
}

/** Ask the exchange for it again. */
export function refreshAddress(id: string): Promise<Address> {
  return sent(answered(venueApi.PUT("/api/v1/wallet/addresses/{id}/refresh", { params: { path: { id } } })));
}

export function deleteAddress(id: string): Promise<unknown> {
  return sent(answered(venueApi.DELETE("/api/v1/wallet/addresses/{id}", { params: { path: { id } } })));
}

/** Each address has an outcome of its own. */
export async function changeAddresses(action: BulkAction, ids: readonly string[]): Promise<readonly BulkResult[]> {
  const body = { action, ids: [...ids] };
  return (await sent(answered(venueApi.POST("/api/v1/wallet/addresses/bulk", { body })))).results;
}
