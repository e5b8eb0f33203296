/** The part of the API that this page speaks, until it is in the generated types. */

import type { Client } from "openapi-fetch";
import { api } from "../../../api/client";

export interface Coded {
  code: string;
  message: string;
}

export interface Permissions {
  read: boolean | null;
  trade: boolean | null;
  withdraw: boolean | null;
}

export interface Sync {
  id: string;
  type: "full" | "incremental" | "single_currency";
  status: "queued" | "running" | "success" | "partial" | "failed";
  done: number;
  total: number;
  added: number;
  updated: number;
  removed: number;
  changed: number;
  errors: { currency: string; code: string; message: string }[];
  started_at: string;
  finished_at: string | null;
}

export interface Account {
  id: string;
  exchange: string;
  exchange_name: string;
  name: string;
  kind: "spot" | "futures";
  key_hint: string;
  is_sandbox: boolean;
  is_active: boolean;
  permissions: Permissions;
  warnings: Coded[];
  keys_expire_at: string | null;
  sync_status: "never" | "queued" | "running" | "ok" | "partial" | "failed" | "blocked";
  last_sync_at: string | null;
  next_sync_at: string | null;
  error: Coded | null;
  sync: Sync | null;
  addresses: number;
  created_at: string;
}

export interface NewAccount {
  exchange: string;
  name: string;
  kind?: "spot" | "futures";
  api_key: string;
  api_secret: string;
  passphrase?: string;
  is_sandbox?: boolean;
  keys_expire_at?: string | null;
}

export interface AccountChange {
  name?: string;
  is_active?: boolean;
  api_key?: string;
  api_secret?: string;
  passphrase?: string;
  keys_expire_at?: string | null;
}

export interface Connection {
  permissions: Permissions;
  warnings: Coded[];
  latency_ms: number;
  server_skew_ms: number | null;
  tested_at: string;
}

export interface Exchange {
  id: string;
  name: string;
  links: Record<string, unknown>;
  needs_passphrase: boolean;
  has_sandbox: boolean;
  has_futures: boolean;
}

export interface ExchangeInfo extends Exchange {
  metadata: Record<string, unknown>;
}

export interface Currency {
  code: string;
  name: string;
  networks: { network: string; can_deposit: boolean; needs_tag: boolean | null }[];
}

export interface Address {
  id: string;
  account_id: string;
  account_name: string;
  exchange: string;
  currency: string;
  network: string;
  address: string;
  tag: string;
  type: string;
  label: string;
  description: string;
  listing: "" | "allowed" | "blocked";
  is_blocked: boolean;
  status: "current" | "changed" | "replaced" | "gone";
  is_active: boolean;
  is_manual: boolean;
  is_format_checked: boolean;
  needs_tag: boolean;
  replaces: string | null;
  replaced_by: string | null;
  first_seen_at: string;
  last_verified_at: string | null;
  created_at: string;
  warnings: Coded[];
}

export interface NewAddress {
  account_id: string;
  currency: string;
  network: string;
  address?: string;
  tag?: string;
  label?: string;
  description?: string;
}

export interface AddressChange {
  label?: string;
  description?: string;
  listing?: Address["listing"];
  is_active?: boolean;
  confirm?: boolean;
}

export interface Activity {
  id: string;
  action: string;
  by: "user" | "staff" | "exchange";
  old_values: Record<string, unknown>;
  new_values: Record<string, unknown>;
  ip_address: string | null;
  user_agent: string;
  at: string;
}

export interface BulkResult {
  id: string;
  ok: boolean;
  error?: Coded;
}

interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
}

interface Answer<Body> {
  responses: { 200: { headers: Record<string, unknown>; content: { "application/json": Body } } };
}

interface Get<Body, Query = never> extends Answer<Body> {
  parameters: { query?: Query; path?: Record<string, string> };
}

interface Send<Request, Body> extends Answer<Body> {
  parameters: { query?: never; path?: Record<string, string> };
  requestBody: { content: { "application/json": Request } };
}

interface Bare<Body> extends Answer<Body> {
  parameters: { query?: never; path?: Record<string, string> };
}

interface At<Name extends string> {
  path: Record<Name, string>;
}

interface Paging {
  limit?: number;
  cursor?: string;
}

export interface AddressQuery extends Paging {
  currency?: string;
  network?: string;
  exchange?: string;
  account_id?: string;
  status?: string;
  is_active?: boolean;
  search?: string;
  ordering?: string;
}

interface VenuePaths {
  "/api/v1/wallet/exchanges": { get: Get<Page<Account>, Paging>; post: Send<NewAccount, Account> };
  "/api/v1/wallet/exchanges/{id}": {
    parameters: At<"id">;
    put: Send<AccountChange, Account>;
    delete: Bare<unknown>;
  };
  "/api/v1/wallet/exchanges/{id}/test": { parameters: At<"id">; post: Bare<Connection> };
  "/api/v1/wallet/exchanges/supported": { get: Get<{ items: Exchange[] }> };
  "/api/v1/wallet/exchanges/{exchange_id}/currencies": { parameters: At<"exchange_id">; get: Get<Page<Currency>, Paging & { currency?: string }> };
  "/api/v1/wallet/exchanges/{exchange_id}/info": { parameters: At<"exchange_id">; get: Get<ExchangeInfo> };
  "/api/v1/wallet/addresses": { get: Get<Page<Address>, AddressQuery>; post: Send<NewAddress, Address> };
  "/api/v1/wallet/addresses/{id}": {
    parameters: At<"id">;
    get: Get<Address>;
    put: Send<AddressChange, Address>;
    delete: Bare<unknown>;
  };
  "/api/v1/wallet/addresses/sync": {
    post: Send<{ account_ids?: string[]; type?: "full" | "incremental" }, { syncs: (Sync & { account_id: string })[] }>;
  };
  "/api/v1/wallet/addresses/bulk": { post: Send<{ action: string; ids: string[] }, { results: BulkResult[] }> };
  "/api/v1/wallet/addresses/history/{id}": { parameters: At<"id">; get: Get<Page<Activity>, Paging> };
  "/api/v1/wallet/addresses/{id}/refresh": { parameters: At<"id">; put: Bare<Address> };
}

export const venueApi = api as unknown as Client<VenuePaths>;
