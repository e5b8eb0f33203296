import { answered, api } from "../../../../api/client";
import { refreshExchanges } from "../data";
import type { Account, AccountChange, Connection, NewAccount } from "../types";

/** Each of them sends, makes the lists read again whatever came of it, and throws what was refused. */
async function sent<Answer>(request: Promise<Answer>): Promise<Answer> {
  try {
    return await request;
  } finally {
    refreshExchanges();
  }
}

export function connectAccount(account: NewAccount): Promise<Account> {
  return sent(answered(api.POST("/api/v1/wallet/exchanges", { body: account })));
}

export function changeAccount(id: string, changes: AccountChange): Promise<Account> {
  return sent(answered(api.PUT("/api/v1/wallet/exchanges/{account_id}", { params: { path: { account_id: id } }, body: changes })));
}

export function testAccount(id: string): Promise<Connection> {
  return sent(answered(api.POST("/api/v1/wallet/exchanges/{account_id}/test", { params: { path: { account_id: id } } })));
}

export function disconnectAccount(id: string): Promise<unknown> {
  return sent(answered(api.DELETE("/api/v1/wallet/exchanges/{account_id}", { params: { path: { account_id: id } } })));
}
