/** What the API says of accounts at other exchanges and their addresses, by short names. */

import type { Schemas } from "../../../app/queries";

export type Account = Schemas["ExchangeAccount"];
export type Address = Schemas["ExchangeAddress"];
export type Sync = Schemas["AddressSync"];
export type Connection = Schemas["ConnectionTest"];
export type Exchange = Schemas["SupportedExchange"];
export type Activity = Schemas["AddressActivity"];
export type BulkResult = Schemas["BulkResult"];
export type Coded = Schemas["NoticeOfTrouble"];
export type Permissions = Schemas["KeyPermissions"];
export type NewAccount = Schemas["NewExchangeAccount"];
export type AccountChange = Schemas["ExchangeAccountChanges"];
export type NewAddress = Schemas["NewExchangeAddress"];
export type AddressChange = Schemas["ExchangeAddressChanges"];
