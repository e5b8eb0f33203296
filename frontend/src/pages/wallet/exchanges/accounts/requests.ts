import { answered } from "../../../../api/client";
import { venueApi, type Account, type AccountChange, type Connection, type NewAccount } from "../contract";
import { refreshExchanges } from "../data";

/** Each of them sends, makes the lists read again whatever came of it, and throws what was refused. */
async function sent<Answer>(request: Promise<Answer>): Promise<Answer> {
  try {
    return await request;
  } finally {
    refreshExchanges();
  }
}

export function connectAccount(account: NewAccount): Promise<Account> {
  return sent(answered(venueApi.POST("/api/v1/wallet/exchanges", { body: account })));
}

export function changeAccount(id: string, changes: AccountChange): Promise<Account> {
  return sent(answered(venueApi.PUT("/api/v1/wallet/exchanges/{id}", { params: { path: { id } }, body: changes })));
}

export function testAccount(id: string): Promise<Connection> {
  return sent(answered(venueApi.POST("/api/v1/wallet/exchanges/{id}/test", { params: { path: { id } } })));
}

export function disconnectAccount(id: string): Promise<unknown> {
  return sent(answered(venueApi.DELETE("/api/v1/wallet/exchanges/{id}", { params: { path: { id } } })));
}
