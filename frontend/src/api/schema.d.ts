// Generated from the OpenAPI document by "npm run types". Do not edit.
export interface paths {
    "/api/v1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Who I am, and what my account may do. */
        get: operations["account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/trading": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What holds for orders that do not say it themselves. */
        get: operations["get_trading_preferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** @description Choose what holds for orders accepted from now on. */
        patch: operations["set_trading_preferences"];
        trace?: never;
    };
    "/api/v1/admin/wallet/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Figures over all exchange accounts. Nobody's address is in them. */
        get: operations["staff_exchange_analytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/wallet/exchanges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Everybody's exchange accounts, without keys and without what users note about them. */
        get: operations["staff_list_exchange_accounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/wallet/sync-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What is being synced, what waits, how each exchange stands, and the newest 50 syncs. */
        get: operations["staff_exchange_sync_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/wallet/sync/force": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Have accounts synced in full at once, with the reason, which is kept. */
        post: operations["staff_force_exchange_sync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My API keys, newest first, revoked ones included. */
        get: operations["list_api_keys"];
        put?: never;
        /** @description Make a key. The answer is the only place where its secret is ever shown. */
        post: operations["create_api_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{api_key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** @description Revoke a key for good. It stops working here at once, and everywhere within two seconds. */
        delete: operations["revoke_api_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/balances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What I own: available, and locked for open orders and withdrawals. */
        get: operations["list_balances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deposit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description The same as POST /wallet/deposits. */
        post: operations["report_deposit_short"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What I pay in each market and why, my volume, and the whole table. */
        get: operations["get_fees"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Whether the exchange is usable: 200, or 503 with the same body. */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Every change of my balances, newest first. Summed up, the postings of an asset are its balance. */
        get: operations["list_postings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Every change of my balances in a period, as a CSV file. */
        get: operations["export_postings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description All markets with their rules. */
        get: operations["list_markets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{symbol}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One market with its rules. */
        get: operations["get_market"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{symbol}/candles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Candles, oldest first, without gaps: an interval without trades is flat. */
        get: operations["list_candles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{symbol}/depth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The order book by price, best first. */
        get: operations["get_depth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{symbol}/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The last 24 hours, 7 days and 30 days, and how far the sides of the book are apart now. */
        get: operations["get_statistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{symbol}/ticker": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The last 24 hours, and the best prices now. */
        get: operations["get_ticker"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/markets/{symbol}/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * @description The market's trades, newest first, or from a number on, oldest first.
         *
         *     Without house trades a page may be shorter than its limit, even empty: go on while there is a next_cursor.
         */
        get: operations["list_public_trades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Incidents, maintenance, halts and news. Current ones come all at once, the most severe first. */
        get: operations["list_notices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My orders, newest first. */
        get: operations["list_orders"];
        put?: never;
        /** @description Place an order. A refusal by the engine is an error with the order's id in its details. */
        post: operations["place_order"];
        /** @description Cancel all my orders, those that wait included: in a market, of a side, or everywhere. */
        delete: operations["cancel_all_orders"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One of my orders, from the moment it was accepted. */
        get: operations["get_order"];
        put?: never;
        post?: never;
        /** @description Cancel one of my orders, and with one of a pair the other. */
        delete: operations["cancel_order"];
        options?: never;
        head?: never;
        /** @description Change price, quantity, or both. A smaller quantity at the same price keeps the place in the queue. */
        patch: operations["amend_order"];
        trace?: never;
    };
    "/api/v1/orders/{order_id}/replace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Cancel an order and place another one in its market, in one step: both happen or neither. */
        post: operations["replace_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Place up to 100 orders. One that is refused keeps none of the others back; each counts against the limits. */
        post: operations["place_orders"];
        /** @description Cancel up to 100 orders, by their ids, by my own, or both; those named by their ids come first. */
        delete: operations["cancel_orders"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/by-client-id/{client_order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The order that was placed last under my own id, of a pair that with the limit. */
        get: operations["get_order_by_client_id"];
        put?: never;
        post?: never;
        /** @description Cancel the order that was placed last under my own id. */
        delete: operations["cancel_order_by_client_id"];
        options?: never;
        head?: never;
        /** @description Change the order that was placed last under my own id. */
        patch: operations["amend_order_by_client_id"];
        trace?: never;
    };
    "/api/v1/orders/cancel-all-after": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Where a countdown runs, and when all my orders there end. */
        get: operations["get_countdowns"];
        put?: never;
        /**
         * @description Let all my orders end after a time, unless this is said again before; 0 ends the countdown.
         *
         *     Counts against the limits as one for each market.
         */
        post: operations["cancel_all_after"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My orders of a period, as a CSV file. */
        get: operations["export_orders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/oco": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Place a limit order and a stop order, of which the first to act cancels the other. */
        post: operations["place_oco"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proof-of-liabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What is owed to users, with the roots to check it against, beside what the rails hold; newest first. */
        get: operations["list_proofs_of_liabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proof-of-liabilities/mine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My balances at that time, each with its way to the published root. Without a balance there is no leaf. */
        get: operations["my_proof_of_liabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What I owned at a past moment, from my postings. */
        get: operations["balances_at"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statements/{year}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What I owned at both ends of a year, and what came and went in it. */
        get: operations["year_statement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statements/{year}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The statement of a year as a CSV file: a line for each asset and cause. */
        get: operations["export_year_statement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description How the exchange, its markets and its assets are, and what is announced; at most two seconds old. */
        get: operations["status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The last 24 hours of every market, and the best prices now. */
        get: operations["list_tickers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The server's clock, by which timestamps of signatures are judged. */
        get: operations["time"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My side of trades, newest first: fee, role, and the average price of the order. */
        get: operations["list_my_trades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trades/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My side of the trades of a period, as a CSV file. */
        get: operations["export_my_trades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My addresses, newest first unless asked for otherwise; or, up to 2,000, grouped by currency and network. */
        get: operations["list_exchange_addresses"];
        put?: never;
        /** @description Fetch an address from its exchange, within 2 seconds; or enter one by hand, where `address` is given. */
        post: operations["add_exchange_address"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/addresses/{address_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One of my addresses. */
        get: operations["get_exchange_address"];
        /** @description Label it, put it on a list, switch it on or off, or confirm it. What is left out stays as it is. */
        put: operations["update_exchange_address"];
        post?: never;
        /** @description Take an address out of my list until I add it again: no sync brings it back. */
        delete: operations["delete_exchange_address"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/addresses/{address_id}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Ask its exchange for it again, within 2 seconds. `replaced_by` names what came in its place, if anything. */
        put: operations["refresh_exchange_address"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/addresses/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * @description Do one thing with up to 100 addresses. Each has a result of its own; what one is refused, others are not.
         *
         *     Each address that has to be fetched from an exchange counts as a request of its own.
         */
        post: operations["change_exchange_addresses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/addresses/by-currency/{currency}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My addresses of one currency at all exchanges, by network; up to 2,000. */
        get: operations["list_exchange_addresses_by_currency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/addresses/history/{address_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What was done with one of my addresses, by whom and when; newest first. */
        get: operations["list_exchange_address_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/addresses/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Have addresses fetched in the background. Progress: `sync` of the account, and events of the user stream. */
        post: operations["sync_exchange_addresses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/deposit-addresses/{asset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Where I send an asset to, for each network; an address is made when it is asked for first. */
        get: operations["list_deposit_addresses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/deposits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My deposits, newest first, from the moment they are seen. */
        get: operations["list_deposits"];
        put?: never;
        /** @description Report a deposit. Only for rails and payment processors; no user can credit anybody. */
        post: operations["report_deposit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/deposits/{deposit_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One of my deposits. */
        get: operations["get_deposit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/deposits/{deposit_id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Say that a reported deposit is confirmed; `deposit_id` is ours, or the rail's id of the transaction. */
        post: operations["confirm_deposit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/deposits/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My claims, newest first. */
        get: operations["list_deposit_claims"];
        put?: never;
        /** @description Say that I have sent a transaction to an address that many users share. People look into it. */
        post: operations["claim_deposit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/email-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Have a code sent by e-mail, for one withdrawal or transfer; where one is asked for (EMAIL_CODE_REQUIRED). */
        post: operations["send_withdrawal_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/exchanges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My exchange accounts, newest first unless asked for otherwise. Keys are never shown, only `key_hint`. */
        get: operations["list_exchange_accounts"];
        put?: never;
        /**
         * @description Connect an account. Its keys are encrypted at once and never shown again; give them the right to read only.
         *
         *     The keys are tried by POST …/{id}/test, and by the first sync.
         */
        post: operations["connect_exchange_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/exchanges/{account_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One of my exchange accounts, with its latest sync. */
        get: operations["get_exchange_account"];
        /** @description Change its name, switch it on or off, or give it other keys. What is left out stays as it is. */
        put: operations["update_exchange_account"];
        post?: never;
        /** @description Take an account away. Its keys are wiped at once; its addresses are no longer listed. */
        delete: operations["delete_exchange_account"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/exchanges/{account_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Whether the exchange lets these keys in, and what they may do there; answered within 5 seconds. */
        post: operations["test_exchange_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/exchanges/{exchange_id}/currencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * @description The currencies of an exchange and their networks, by code, as it said last (`currencies_at` of its info).
         *
         *     An exchange that nobody has asked yet is asked now.
         */
        get: operations["list_exchange_currencies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/exchanges/{exchange_id}/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What is known of one exchange: its id here, links, limits, and what its accounts need. */
        get: operations["get_exchange_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/exchanges/supported": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The exchanges whose accounts can be connected, by name. */
        get: operations["list_supported_exchanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/faucet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Have some of an asset sent to me over the simulated chain. Only in a demo. */
        post: operations["pour_from_faucet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/fees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What a withdrawal costs and needs, for every asset on every network. */
        get: operations["withdrawal_fees"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description How much I may withdraw, and how much of it I have used. */
        get: operations["withdrawal_limits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What I sent to other users and received from them, newest first. */
        get: operations["list_transfers"];
        put?: never;
        /** @description Send to another user of the exchange, at once and without a fee. */
        post: operations["transfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/withdrawal-addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My address book. */
        get: operations["list_withdrawal_addresses"];
        put?: never;
        /** @description Add an address. It can be used after 24 hours; the first one of a new account, at once. */
        post: operations["save_withdrawal_address"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/withdrawal-addresses/{address_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** @description Take an address out of my address book. Saved again, it has to wait again. */
        delete: operations["delete_withdrawal_address"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/withdrawals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My withdrawals, newest first. */
        get: operations["list_withdrawals"];
        put?: never;
        /** @description Ask for a withdrawal. Nothing is locked until it is confirmed with the second factor (verify). */
        post: operations["request_withdrawal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/withdrawals/{withdrawal_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One of my withdrawals. */
        get: operations["get_withdrawal"];
        put?: never;
        post?: never;
        /** @description Stop a withdrawal while it has not gone out. What was locked for it is free again. */
        delete: operations["cancel_withdrawal"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallet/withdrawals/{withdrawal_id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Confirm a withdrawal with the second factor. It is checked, and its amount and fee are locked. */
        post: operations["verify_withdrawal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Ask for a withdrawal. Nothing is locked until it is confirmed with the second factor (verify). */
        post: operations["withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A user as the user may know it. */
        Account: {
            readonly username: string;
            /** Format: email */
            readonly email: string;
            readonly email_verified: boolean;
            readonly state: components["schemas"]["AccountStateEnum"];
            readonly kyc_status: components["schemas"]["KycStatusEnum"];
            /** @description 1 to 5; GET /fees says what it pays. */
            readonly fee_tier: number;
            /** @description Trades for the exchange itself. */
            readonly is_house: boolean;
            readonly is_staff: boolean;
            /** Format: date-time */
            readonly joined_at: string;
        };
        AccountFigures: {
            total: number;
            users: number;
            active: number;
            by_status: {
                [key: string]: number;
            };
        };
        AccountOwner: {
            id: string;
            username: string;
            email: string;
        };
        /**
         * @description * `active` - Active
         *     * `trade_frozen` - trading frozen
         *     * `withdraw_frozen` - withdrawals frozen
         *     * `closed` - Closed
         * @enum {string}
         */
        AccountStateEnum: "active" | "trade_frozen" | "withdraw_frozen" | "closed";
        AddressActivity: {
            /** Format: uuid */
            id: string;
            action: components["schemas"]["AddressActivityEnum"];
            /**
             * @description exchange: nobody but a sync.
             *
             *     * `user` - user
             *     * `staff` - staff
             *     * `exchange` - exchange
             */
            by: components["schemas"]["AddressActorEnum"];
            old_values: {
                [key: string]: unknown;
            };
            new_values: {
                [key: string]: unknown;
            };
            /** @description Of what I did myself. */
            ip_address: string | null;
            user_agent: string;
            /** Format: date-time */
            at: string;
        };
        /**
         * @description * `account.created` - account.created
         *     * `account.updated` - account.updated
         *     * `account.keys_changed` - account.keys_changed
         *     * `account.tested` - account.tested
         *     * `account.synced` - account.synced
         *     * `account.blocked` - account.blocked
         *     * `account.deleted` - account.deleted
         *     * `address.added` - address.added
         *     * `address.changed` - address.changed
         *     * `address.replaced` - address.replaced
         *     * `address.confirmed` - address.confirmed
         *     * `address.updated` - address.updated
         *     * `address.marked` - address.marked
         *     * `address.verified` - address.verified
         *     * `address.gone` - address.gone
         *     * `address.deleted` - address.deleted
         *     * `address.restored` - address.restored
         * @enum {string}
         */
        AddressActivityEnum: "account.created" | "account.updated" | "account.keys_changed" | "account.tested" | "account.synced" | "account.blocked" | "account.deleted" | "address.added" | "address.changed" | "address.replaced" | "address.confirmed" | "address.updated" | "address.marked" | "address.verified" | "address.gone" | "address.deleted" | "address.restored";
        /**
         * @description * `user` - user
         *     * `staff` - staff
         *     * `exchange` - exchange
         * @enum {string}
         */
        AddressActorEnum: "user" | "staff" | "exchange";
        AddressFigures: {
            total: number;
            active: number;
            manual: number;
            /** @description changed: they wait for their users to confirm them. */
            by_status: {
                [key: string]: number;
            };
        };
        /** @description The addresses of one currency on one network, at whichever exchanges. */
        AddressGroup: {
            currency: string;
            network: string;
            addresses: components["schemas"]["ExchangeAddress"][];
        };
        AddressGroups: {
            groups: components["schemas"]["AddressGroup"][];
        };
        AddressHistory: {
            items: components["schemas"]["AddressActivity"][];
            next_cursor: string | null;
        };
        /**
         * @description * `` -
         *     * `allowed` - allowed
         *     * `blocked` - blocked
         * @enum {string}
         */
        AddressListingEnum: "allowed" | "blocked";
        AddressSync: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            account_id: string;
            type: components["schemas"]["AddressSyncTypeEnum"];
            trigger: components["schemas"]["AddressSyncTriggerEnum"];
            status: components["schemas"]["AddressSyncStatusEnum"];
            /** @description Currencies that have been asked for, of `total`. */
            done: number;
            total: number;
            added: number;
            updated: number;
            removed: number;
            /** @description Addresses that came in place of others; a part of `added`. */
            changed: number;
            errors: components["schemas"]["SyncError"][];
            /** Format: date-time */
            started_at: string;
            /**
             * Format: date-time
             * @description While it runs; later where the exchange lets itself be asked seldom.
             */
            expected_end_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
            duration_ms: number | null;
        };
        /**
         * @description * `queued` - queued
         *     * `running` - running
         *     * `success` - success
         *     * `partial` - partial
         *     * `failed` - failed
         * @enum {string}
         */
        AddressSyncStatusEnum: "queued" | "running" | "success" | "partial" | "failed";
        /**
         * @description * `schedule` - schedule
         *     * `user` - user
         *     * `staff` - staff
         * @enum {string}
         */
        AddressSyncTriggerEnum: "schedule" | "user" | "staff";
        /**
         * @description * `full` - full
         *     * `incremental` - incremental
         *     * `single_currency` - single_currency
         * @enum {string}
         */
        AddressSyncTypeEnum: "full" | "incremental" | "single_currency";
        AddressSyncs: {
            syncs: components["schemas"]["AddressSync"][];
        };
        Analytics: {
            accounts: components["schemas"]["AccountFigures"];
            addresses: components["schemas"]["AddressFigures"];
            syncs_7d: components["schemas"]["SyncSums"];
            exchanges: components["schemas"]["ExchangeFigures"][];
            /** @description The last 14 days that had any, by UTC. */
            days: components["schemas"]["DayOfSyncs"][];
            /** @description Of the last 7 days. */
            errors: components["schemas"]["ErrorCount"][];
            /** @description Of active addresses; the most frequent. */
            currencies: components["schemas"]["CurrencyCount"][];
        };
        /** @description A key without its secret. */
        ApiKey: {
            readonly id: string;
            readonly label: string;
            readonly key: string;
            readonly scopes: components["schemas"]["ScopesEnum"][];
            /** @description CIDR ranges; empty means anywhere. */
            readonly ip_ranges: string[];
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly revoked_at: string | null;
        };
        /** @description What is asked for when a key is made. */
        ApiKeyRequest: {
            label: string;
            /** @description One or more of read, trade, withdraw. A scope includes no other. */
            scopes: string[];
            /** @description CIDR ranges or single addresses the key may be used from; none means anywhere. */
            ip_ranges?: string[];
        };
        AssetStatement: {
            asset: string;
            /** @description What I owned as the year began, available and locked. */
            opening: string;
            /** @description What I owned at its end, or own now: opening + received - given. */
            closing: string;
            lines: components["schemas"]["StatementLine"][];
        };
        AssetStatus: {
            asset: string;
            name: string;
            /**
             * @description SUSPENDED: listed, but none of its markets trades at the moment.
             *
             *     * `ENABLED` - ENABLED
             *     * `SUSPENDED` - SUSPENDED
             *     * `NOT_OFFERED` - NOT_OFFERED
             */
            trading: components["schemas"]["ServiceStateEnum"];
            /**
             * @description ENABLED where it is so on at least one network.
             *
             *     * `ENABLED` - ENABLED
             *     * `SUSPENDED` - SUSPENDED
             *     * `NOT_OFFERED` - NOT_OFFERED
             */
            deposits: components["schemas"]["ServiceStateEnum"];
            withdrawals: components["schemas"]["ServiceStateEnum"];
            networks: components["schemas"]["NetworkStatus"][];
        };
        Auction: {
            /** @description null: nothing would trade. */
            price: string | null;
            /** @description That would trade, hidden parts included. */
            quantity: string;
            /**
             * @description Whose orders would find nobody at that price.
             *
             *     * `BUY` - BUY
             *     * `SELL` - SELL
             */
            surplus_side: (components["schemas"]["SideEnum"] | components["schemas"]["NullEnum"]) | null;
            surplus_quantity: string;
        };
        Balance: {
            asset: string;
            available: string;
            /** @description Held for open orders and withdrawals. */
            locked: string;
            /** @description available + locked */
            total: string;
            /** @description Grows with every change: of two reports the greater one is newer. */
            version: number;
        };
        Balances: {
            items: components["schemas"]["Balance"][];
        };
        Batch: {
            orders: components["schemas"]["BatchedOrder"][];
            /**
             * @description RESULT waits for the matches; ACK does not.
             *
             *     * `RESULT` - RESULT
             *     * `ACK` - ACK
             */
            response?: (components["schemas"]["ResponseEnum"] | components["schemas"]["NullEnum"]) | null;
        };
        BatchResult: {
            /** @description That of the answer if it had been asked for alone. */
            status: number;
            order?: components["schemas"]["PlacedOrder"];
            /** @description Instead of the order, where it was refused. */
            error?: components["schemas"]["OneError"];
        };
        BatchResults: {
            results: components["schemas"]["BatchResult"][];
        };
        /** @description An order of many; how it is answered the request says once for all. */
        BatchedOrder: {
            /** @description BTC-USDT or BTC/USDT */
            symbol: string;
            side: components["schemas"]["SideEnum"];
            type: components["schemas"]["TypeEnum"];
            /**
             * @description IOC for MARKET and GTC for all others if left out
             *
             *     * `GTC` - GTC
             *     * `IOC` - IOC
             *     * `FOK` - FOK
             *     * `GTD` - GTD
             */
            time_in_force?: (components["schemas"]["TimeInForceEnum"] | components["schemas"]["NullEnum"]) | null;
            /** @description Refuse rather than take. */
            post_only?: boolean | null;
            /** @description The limit, of types that have one. */
            price?: string | null;
            /** @description In the base asset. */
            quantity?: string | null;
            /** @description Of types without a limit, instead of quantity: what to spend, or (MARKET only) to receive. */
            quote_amount?: string | null;
            /** @description My own id, unique for 24 hours. A repeat returns the first order. */
            client_order_id?: string | null;
            /** @description ICEBERG: what it shows at a time. */
            display_quantity?: string | null;
            /** @description Of stop and take-profit orders: what ends the waiting. */
            trigger_price?: string | null;
            /** @description TRAILING_STOP: distance of the trigger, a part of the price with at most 6 decimals: "0.015". */
            trailing_delta?: string | null;
            /**
             * Format: date-time
             * @description GTD: when the order expires.
             */
            good_till?: string | null;
            /**
             * @description The account's default if left out.
             *
             *     * `NONE` - NONE
             *     * `EXPIRE_TAKER` - EXPIRE_TAKER
             *     * `EXPIRE_MAKER` - EXPIRE_MAKER
             *     * `EXPIRE_BOTH` - EXPIRE_BOTH
             *     * `DECREMENT` - DECREMENT
             */
            self_trade_prevention?: (components["schemas"]["SelfTradePreventionEnum"] | components["schemas"]["NullEnum"]) | null;
        };
        /** @description A part of a body that refuses names it does not have, as whole bodies do. */
        Beneficiary: {
            /** @description Who receives. */
            name: string;
            /** @description Who keeps the address for them. */
            institution?: string;
            /**
             * @description Whether it is the user's own address.
             * @default false
             */
            is_self: boolean;
        };
        /** @enum {unknown} */
        BlankEnum: "";
        /**
         * @description * `proven` - proven
         *     * `unproven` - unproven
         *     * `wrong` - wrong
         * @enum {string}
         */
        BooksEnum: "proven" | "unproven" | "wrong";
        Bulk: {
            action: components["schemas"]["BulkActionEnum"];
            ids?: string[];
            items?: components["schemas"]["BulkItem"][];
        };
        /**
         * @description * `create` - create
         *     * `update` - update
         *     * `activate` - activate
         *     * `deactivate` - deactivate
         *     * `confirm` - confirm
         *     * `allow` - allow
         *     * `block` - block
         *     * `unlist` - unlist
         *     * `delete` - delete
         * @enum {string}
         */
        BulkActionEnum: "create" | "update" | "activate" | "deactivate" | "confirm" | "allow" | "block" | "unlist" | "delete";
        BulkError: {
            code: string;
            message: string;
            details: {
                [key: string]: unknown;
            };
        };
        /** @description For `create` like POST /wallet/addresses; for `update` an id and what is to change. */
        BulkItem: {
            id?: string;
            account_id?: string;
            currency?: string;
            network?: string;
            address?: string;
            tag?: string;
            label?: string;
            description?: string;
            listing?: components["schemas"]["AddressListingEnum"] | components["schemas"]["BlankEnum"];
            is_active?: boolean;
            user_metadata?: {
                [key: string]: unknown;
            };
        };
        BulkResult: {
            /**
             * Format: uuid
             * @description Null where nothing was made.
             */
            id: string | null;
            ok: boolean;
            address: components["schemas"]["ExchangeAddress"] | null;
            error: components["schemas"]["BulkError"] | null;
        };
        BulkResults: {
            results: components["schemas"]["BulkResult"][];
        };
        CancelBatch: {
            order_ids?: string[] | null;
            /** @description At most 100 together with order_ids. */
            client_order_ids?: string[] | null;
            /**
             * @description RESULT waits for the engine; ACK does not.
             *
             *     * `RESULT` - RESULT
             *     * `ACK` - ACK
             */
            response?: (components["schemas"]["ResponseEnum"] | components["schemas"]["NullEnum"]) | null;
        };
        CancelledEverywhere: {
            markets: components["schemas"]["CancelledOrders"][];
        };
        CancelledEverywhereOrInMarket: components["schemas"]["CancelledOrders"] | components["schemas"]["CancelledEverywhere"];
        CancelledOrders: {
            symbol: string;
            command_id: string;
            /** @description Ids; null while the engine has not answered. */
            cancelled: string[] | null;
        };
        Candle: {
            /** Format: date-time */
            opened_at: string;
            open: string;
            high: string;
            low: string;
            close: string;
            /** @description In the base asset. */
            volume: string;
            quote_volume: string;
            trades: number;
            /** @description The part of volume that house accounts traded with each other. */
            house_volume: string;
            house_quote_volume: string;
            house_trades: number;
        };
        Candles: {
            symbol: string;
            interval: string;
            items: components["schemas"]["Candle"][];
        };
        CircuitBreaker: {
            /** @description A greater move within the window halts the market: a part of the price. */
            move: string;
            window_seconds: number;
            halt_seconds: number;
            /** @description How long the auction that follows collects orders. */
            auction_seconds: number;
        };
        Claim: {
            id: string;
            asset: string;
            network: string;
            external_tx_id: string;
            state: components["schemas"]["DepositClaimStateEnum"];
            /** Format: date-time */
            claimed_at: string;
            /** Format: date-time */
            decided_at: string | null;
        };
        ClaimRequest: {
            request_id?: string;
            asset: string;
            network: string;
            /** @description The id of the chain's transaction. */
            external_tx_id: string;
            /** @default  */
            note: string;
        };
        Claims: {
            items: components["schemas"]["Claim"][];
            next_cursor: string | null;
        };
        Code: {
            /** @description Of the authenticator app, or a recovery code. */
            code: string;
            /**
             * @description Where one by e-mail is asked for, too.
             * @default
             */
            email_code: string;
        };
        Confirmation: {
            request_id?: string;
            /** @default 0 */
            output_index: number;
            /** @description Left out: often enough. */
            confirmations?: number;
        };
        ConnectionTest: {
            permissions: components["schemas"]["KeyPermissions"];
            warnings: components["schemas"]["NoticeOfTrouble"][];
            latency_ms: number;
            /** @description The exchange's clock minus ours, where it tells the time. */
            server_skew_ms: number | null;
            /** Format: date-time */
            tested_at: string;
        };
        Countdown: {
            symbol: string;
            /**
             * Format: date-time
             * @description When all my orders in this market end.
             */
            deadline: string;
        };
        CountdownRequest: {
            /** @description From 1000 to 86400000; 0 ends the countdown. */
            timeout_ms: number;
            /** @description Left out: all markets. */
            symbol?: string | null;
            /**
             * @description RESULT waits for the engine; ACK does not.
             *
             *     * `RESULT` - RESULT
             *     * `ACK` - ACK
             */
            response?: (components["schemas"]["ResponseEnum"] | components["schemas"]["NullEnum"]) | null;
        };
        Countdowns: {
            markets: components["schemas"]["Countdown"][];
        };
        CurrencyCount: {
            currency: string;
            network: string;
            addresses: number;
        };
        CurrencyNetwork: {
            network: string;
            can_deposit: boolean;
            /** @description Null where nobody says. */
            needs_tag: boolean | null;
        };
        DayOfSyncs: {
            /** Format: date */
            day: string;
            success: number;
            partial: number;
            failed: number;
        };
        Deposit: {
            id: string;
            asset: string;
            network: string;
            amount: string;
            /**
             * @description PENDING: not confirmed often enough. SUSPENSE: we are looking at it. HELD: its block is gone.
             *
             *     * `PENDING` - PENDING
             *     * `CREDITED` - CREDITED
             *     * `ORPHANED` - ORPHANED
             *     * `SUSPENSE` - SUSPENSE
             *     * `HELD` - HELD
             *     * `RETURNED` - RETURNED
             */
            state: components["schemas"]["DepositStateEnum"];
            /** @description A code; why it is not credited yet, or how it was decided. */
            reason: string;
            external_tx_id: string;
            output_index: number;
            address: string;
            tag: string;
            confirmations: number;
            required_confirmations: number;
            /** Format: date-time */
            seen_at: string;
            /** Format: date-time */
            credited_at: string | null;
        };
        /** @description Where to send an asset. `address` is null where the network does not answer; ask again later. */
        DepositAddress: {
            asset: string;
            network: string;
            /** @description What stands behind it: a chain, a bank, an exchange. */
            kind: string;
            address: string | null;
            /** @description Tag, memo or reference; without it money goes astray. */
            tag: string;
            /** @description Whose account it is; empty but with a bank. */
            recipient: string;
            /** @description Of the recipient's bank; empty but with a bank. */
            bic: string;
            needs_tag: boolean;
            /** @description Many users share the address: claim what you have sent. */
            needs_claim: boolean;
            min_deposit: string;
            required_confirmations: number;
        };
        DepositAddresses: {
            items: components["schemas"]["DepositAddress"][];
        };
        /**
         * @description * `OPEN` - OPEN
         *     * `ACCEPTED` - ACCEPTED
         *     * `REJECTED` - REJECTED
         * @enum {string}
         */
        DepositClaimStateEnum: "OPEN" | "ACCEPTED" | "REJECTED";
        /** @description What a rail says has come in. The recipient is `user`, or whoever `address` and `tag` belong to. */
        DepositReport: {
            request_id?: string;
            asset: string;
            /** @description Plain decimal text such as "12.5". */
            amount: string;
            /** @description The rail's id of the transaction. */
            external_tx_id: string;
            /** @default 0 */
            output_index: number;
            /** @default  */
            user: string;
            /** @default  */
            address: string;
            /** @default  */
            tag: string;
            /** @default 0 */
            confirmations: number;
            source?: components["schemas"]["Source"];
        };
        /**
         * @description * `blockchain` - blockchain
         *     * `bank_transfer` - bank_transfer
         * @enum {string}
         */
        DepositSourceTypeEnum: "blockchain" | "bank_transfer";
        /**
         * @description * `PENDING` - PENDING
         *     * `CREDITED` - CREDITED
         *     * `ORPHANED` - ORPHANED
         *     * `SUSPENSE` - SUSPENSE
         *     * `HELD` - HELD
         *     * `RETURNED` - RETURNED
         * @enum {string}
         */
        DepositStateEnum: "PENDING" | "CREDITED" | "ORPHANED" | "SUSPENSE" | "HELD" | "RETURNED";
        Deposits: {
            items: components["schemas"]["Deposit"][];
            next_cursor: string | null;
        };
        Depth: {
            symbol: string;
            /** @description Grows with the book; null where the cache is away and the database answered. */
            update_id: number | null;
            bids: string[][];
            asks: string[][];
        };
        /**
         * @description * `SENT` - SENT
         *     * `RECEIVED` - RECEIVED
         * @enum {string}
         */
        DirectionEnum: "SENT" | "RECEIVED";
        EmailCode: {
            /** Format: date-time */
            expires_at: string;
        };
        /** @description Either of them. */
        EmailCodeRequest: {
            /** @description The withdrawal that the code is to confirm. */
            withdrawal_id?: string;
            /** @description The request_id of the transfer that it is to go with. */
            transfer_request_id?: string;
        };
        ErrorCount: {
            exchange: string;
            code: string;
            /** @description Syncs in which it happened. */
            count: number;
        };
        ExchangeAccount: {
            /** Format: uuid */
            id: string;
            exchange: string;
            exchange_name: string;
            name: string;
            kind: components["schemas"]["ExchangeAccountKindEnum"];
            /** @description The key's first and last characters; the rest is never shown. */
            key_hint: string;
            is_sandbox: boolean;
            is_active: boolean;
            /** @description As the last test found them. */
            permissions: components["schemas"]["KeyPermissions"];
            warnings: components["schemas"]["NoticeOfTrouble"][];
            /** Format: date-time */
            keys_changed_at: string;
            /** Format: date-time */
            keys_expire_at: string | null;
            /**
             * @description blocked: the exchange refuses the keys, and nothing is asked until there are others.
             *
             *     * `never` - never
             *     * `queued` - queued
             *     * `running` - running
             *     * `ok` - ok
             *     * `partial` - partial
             *     * `failed` - failed
             *     * `blocked` - blocked
             */
            sync_status: components["schemas"]["SyncStatusEnum"];
            /** Format: date-time */
            last_sync_at: string | null;
            /** Format: date-time */
            next_sync_at: string | null;
            /** @description Why the last sync failed, where it did. */
            error: components["schemas"]["NoticeOfTrouble"] | null;
            /** @description The latest. */
            sync: components["schemas"]["AddressSync"] | null;
            /** @description How many there are of this account. */
            addresses: number;
            metadata: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            created_at: string;
        };
        /** @description What is left out stays as it is. New keys come together. */
        ExchangeAccountChanges: {
            name?: string;
            is_active?: boolean;
            /** @description Never shown again. */
            api_key?: string;
            /** @description Never shown again. */
            api_secret?: string;
            /** @description Where the exchange has one. Never shown again. */
            passphrase?: string;
            /** Format: date-time */
            keys_expire_at?: string | null;
            metadata?: {
                [key: string]: unknown;
            };
        };
        /**
         * @description * `spot` - spot
         *     * `futures` - futures
         * @enum {string}
         */
        ExchangeAccountKindEnum: "spot" | "futures";
        ExchangeAccounts: {
            items: components["schemas"]["ExchangeAccount"][];
            next_cursor: string | null;
        };
        ExchangeAddress: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            account_id: string;
            account_name: string;
            exchange: string;
            currency: string;
            network: string;
            address: string;
            tag: string;
            /**
             * @description The kind of account at the exchange that it leads to.
             *
             *     * `spot` - spot
             *     * `futures` - futures
             */
            type: components["schemas"]["ExchangeAccountKindEnum"];
            label: string;
            description: string;
            /**
             * @description On which of my lists it is; empty: on none.
             *
             *     * `` -
             *     * `allowed` - allowed
             *     * `blocked` - blocked
             */
            listing: components["schemas"]["AddressListingEnum"] | components["schemas"]["BlankEnum"];
            /** @description On my block list, or on that of the staff: not to be used. */
            is_blocked: boolean;
            /**
             * @description changed: the exchange gives it in place of another, and it is not to be used before it is confirmed. replaced: what it came in place of. gone: the exchange no longer reports it.
             *
             *     * `current` - current
             *     * `changed` - changed
             *     * `replaced` - replaced
             *     * `gone` - gone
             */
            status: components["schemas"]["ExchangeAddressStatusEnum"];
            is_active: boolean;
            /** @description Entered by hand, and not seen at the exchange yet. */
            is_manual: boolean;
            /** @description Whether the form of addresses on this network is known here, and this one has it. */
            is_format_checked: boolean;
            /** @description Whether deposits over this network are lost without a tag. */
            needs_tag: boolean;
            /** Format: uuid */
            replaces: string | null;
            /** Format: uuid */
            replaced_by: string | null;
            /** Format: date-time */
            first_seen_at: string;
            /**
             * Format: date-time
             * @description When the exchange gave this very address last.
             */
            last_verified_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            exchange_metadata: {
                [key: string]: unknown;
            };
            user_metadata: {
                [key: string]: unknown;
            };
            warnings: components["schemas"]["NoticeOfTrouble"][];
        };
        /** @description What is left out stays as it is. Label and list hold wherever the same address occurs. */
        ExchangeAddressChanges: {
            label?: string;
            description?: string;
            /**
             * @description Empty: on no list.
             *
             *     * `` -
             *     * `allowed` - allowed
             *     * `blocked` - blocked
             */
            listing?: components["schemas"]["AddressListingEnum"] | components["schemas"]["BlankEnum"];
            is_active?: boolean;
            /** @description True: I have compared this changed address with what the exchange itself shows. */
            confirm?: boolean;
            user_metadata?: {
                [key: string]: unknown;
            };
        };
        /**
         * @description * `current` - current
         *     * `changed` - changed
         *     * `replaced` - replaced
         *     * `gone` - gone
         * @enum {string}
         */
        ExchangeAddressStatusEnum: "current" | "changed" | "replaced" | "gone";
        /** @description A list has `items` and `next_cursor`; with group_by it has `groups` instead. */
        ExchangeAddresses: {
            items?: components["schemas"]["ExchangeAddress"][];
            next_cursor?: string | null;
            groups?: components["schemas"]["AddressGroup"][];
        };
        ExchangeCurrencies: {
            items: components["schemas"]["ExchangeCurrency"][];
            next_cursor: string | null;
        };
        ExchangeCurrency: {
            code: string;
            name: string;
            networks: components["schemas"]["CurrencyNetwork"][];
        };
        ExchangeFigures: {
            exchange: string;
            name: string;
            accounts: number;
            active: number;
            /** @description Active, and the last sync failed. */
            failing: number;
            /** @description Active, and the exchange refuses the keys. */
            blocked: number;
            addresses: number;
            syncs_24h: number;
            failed_24h: number;
            average_ms_24h: number | null;
        };
        ExchangeInfo: {
            /** @description As in `exchange` of an account, and in addresses of the API. */
            id: string;
            name: string;
            /** @description www, doc, fees and the like. */
            links: {
                [key: string]: string;
            };
            /** @description Whether deposit addresses can be fetched there. */
            has_addresses: boolean;
            needs_passphrase: boolean;
            has_sandbox: boolean;
            has_futures: boolean;
            /** @description Between two requests of one user. */
            rate_limit_ms: number;
            /** @description About how long a sync of all it takes deposits of lasts: some let themselves be asked seldom. */
            full_sync_seconds: number;
            /** @description How many it knows; 0 before it has been asked. */
            currencies: number;
            /**
             * Format: date-time
             * @description When it was asked for them last.
             */
            currencies_at: string | null;
            /** @description Versions, countries, and what its client can do. */
            metadata: {
                [key: string]: unknown;
            };
        };
        /**
         * @description * `OPERATIONAL` - OPERATIONAL
         *     * `DEGRADED` - DEGRADED
         *     * `MAINTENANCE` - MAINTENANCE
         *     * `UNAVAILABLE` - UNAVAILABLE
         * @enum {string}
         */
        ExchangeStateEnum: "OPERATIONAL" | "DEGRADED" | "MAINTENANCE" | "UNAVAILABLE";
        ExchangeStatus: {
            /**
             * @description UNAVAILABLE: orders cannot be placed or matched. MAINTENANCE: announced, of the whole exchange. DEGRADED: there is an incident, or a market is halted.
             *
             *     * `OPERATIONAL` - OPERATIONAL
             *     * `DEGRADED` - DEGRADED
             *     * `MAINTENANCE` - MAINTENANCE
             *     * `UNAVAILABLE` - UNAVAILABLE
             */
            status: components["schemas"]["ExchangeStateEnum"];
            /** Format: date-time */
            at: string;
            markets: components["schemas"]["MarketStatus"][];
            assets: components["schemas"]["AssetStatus"][];
            notices: components["schemas"]["Notice"][];
        };
        FaucetRequest: {
            request_id?: string;
            asset: string;
        };
        Fee: {
            asset: string;
            network: string;
            /** @description Whether withdrawals are taken at the moment. */
            is_open: boolean;
            /** @description Comes on top of the amount, in the same asset. The network's own is in it. */
            fee: string;
            min_withdrawal: string;
            /** @description How many decimals an amount may have. */
            decimals: number;
            needs_tag: boolean;
            /** @description After which a payout is final. */
            confirmations: number;
        };
        FeeTier: {
            tier: number;
            /** @description Part of what a trade brings: "0.001" is 0.1 %. */
            maker: string;
            taker: string;
            /** @description The 30-day volume from which on a user is in this tier. */
            min_volume: string;
        };
        Fees: {
            tier: number;
            /** @description What I pay where `markets` names nothing else; a part of what a trade brings. */
            maker: string;
            taker: string;
            /** @description I am held in this tier, whatever my volume. */
            is_tier_fixed: boolean;
            /** Format: date-time */
            tier_fixed_until: string | null;
            /** @description Of the last 30 full days (UTC), in `volume_asset`; docs/fees.md says what counts. */
            volume_30d: string;
            volume_asset: string;
            /**
             * Format: date
             * @description The first day that counts.
             */
            volume_from: string;
            /**
             * Format: date
             * @description The last one.
             */
            volume_to: string;
            next_tier: components["schemas"]["NextTier"] | null;
            markets: components["schemas"]["MarketFees"][];
            tiers: components["schemas"]["FeeTier"][];
        };
        Fill: {
            trade_id: string;
            price: string;
            quantity: string;
            fee: string;
            fee_asset: string;
        };
        ForceSync: {
            account_ids: string[];
            /** @description Kept with your name for as long as the exchange exists. */
            reason: string;
        };
        Gift: {
            asset: string;
            network: string;
            amount: string;
            /** @description Mine; it arrives as a deposit. */
            address: string;
            external_tx_id: string;
        };
        Head: {
            writer: number;
            /** @description Number of the last journal entry of this writer. */
            sequence: number;
            /** @description Head of its hash chain; empty while it has no entry. */
            hash: string;
        };
        Health: {
            /**
             * @description Whether orders can be placed and matched.
             *
             *     * `ok` - ok
             *     * `unavailable` - unavailable
             */
            status: components["schemas"]["HealthStateEnum"];
            database: components["schemas"]["HealthStateEnum"];
            redis: components["schemas"]["HealthStateEnum"];
            matching: components["schemas"]["HealthStateEnum"];
            /**
             * @description What the last check of the books found, `unproven` where it was more than five minutes ago; while they are wrong nothing is paid out.
             *
             *     * `proven` - proven
             *     * `unproven` - unproven
             *     * `wrong` - wrong
             */
            books: components["schemas"]["BooksEnum"];
            pending_commands: number | null;
            /** @description Age of the oldest pending command. */
            worker_lag_ms: number | null;
            /** @description By shard; null where no worker ever ran. */
            heartbeat_age_ms: {
                [key: string]: number | null;
            };
        };
        /**
         * @description * `ok` - ok
         *     * `unavailable` - unavailable
         * @enum {string}
         */
        HealthStateEnum: "ok" | "unavailable";
        HourlyLimit: {
            limit: number;
            used: number;
            left: number;
        };
        /** @description What the key may do; null where the exchange does not tell. */
        KeyPermissions: {
            read: boolean | null;
            trade: boolean | null;
            withdraw: boolean | null;
        };
        /**
         * @description * `pending` - Pending
         *     * `approved` - Approved
         *     * `rejected` - Rejected
         * @enum {string}
         */
        KycStatusEnum: "pending" | "approved" | "rejected";
        Liability: {
            asset: string;
            /** @description An atom is 10^-scale units. */
            scale: number;
            /** @description How many accounts own some of it. */
            leaves: number;
            /** @description How many steps lead from a leaf to the root. */
            depth: number;
            root: string;
            total_atoms: string;
            /** @description The same in units: what is owed to users. */
            total: string;
            /** @description Received, but not known whose; not part of the total. */
            suspense: string;
        };
        LiabilitySnapshot: {
            format: string;
            snapshot: string;
            /** Format: date-time */
            taken_at: string;
            heads: components["schemas"]["Head"][];
            assets: components["schemas"]["Liability"][];
            reserves: components["schemas"]["Reserve"][];
            /** @description Hash of everything else in this object. */
            commitment: string;
        };
        LiabilitySnapshots: {
            items: components["schemas"]["LiabilitySnapshot"][];
            next_cursor: string | null;
        };
        Limit: {
            limit: string;
            used: string;
            left: string;
        };
        Limits: {
            /** @description In which the limits are told. */
            reference_asset: string;
            kyc_status: components["schemas"]["KycStatusEnum"];
            kyc_level: number;
            /** @description Whether the identity and the account allow it at all. */
            can_withdraw: boolean;
            /** @description In any 24 hours. */
            daily: components["schemas"]["Limit"];
            /** @description In any 30 days. */
            monthly: components["schemas"]["Limit"];
            /** @description Withdrawals in any 60 minutes. */
            hourly_count: components["schemas"]["HourlyLimit"];
            /** @description A withdrawal worth more names sender, recipient and purpose. */
            travel_rule_above: string;
            /** @description Whether withdrawals and transfers need a code by e-mail beside that of the authenticator app. */
            needs_email_code: boolean;
            /**
             * Format: date-time
             * @description Until then withdrawals wait, after a change of the password or the second factor.
             */
            held_until: string | null;
        };
        Market: {
            symbol: string;
            base: string;
            quote: string;
            state: components["schemas"]["MarketStateEnum"];
            state_reason: string;
            /**
             * Format: date-time
             * @description When it goes on by itself.
             */
            state_until: string | null;
            /** @description Prices are multiples of it. */
            tick_size: string;
            /** @description Quantities are multiples of it. */
            lot_size: string;
            /** @description null: no limit, here and below */
            min_quantity: string | null;
            max_quantity: string | null;
            min_notional: string | null;
            max_order_value: string | null;
            /** @description Of one account, waiting ones included. */
            max_open_orders: number | null;
            /** @description Waiting ones of one account. */
            max_stop_orders: number | null;
            /** @description Orders and amendments of one account in 10 seconds. */
            max_order_rate: number | null;
            /** @description How well one's identity must be known to trade here. */
            min_kyc_level: number;
            /** @description Greatest distance from the last price, as a part of it. */
            price_band: string | null;
            /** @description The same from the static reference. */
            static_band: string | null;
            /** @description The last auction's price, or the initial one. */
            static_reference: string | null;
            /** @description Stands for the last price until the first trade. */
            initial_price: string | null;
            /** @description How far from the best price a market order goes, as a part of it. */
            protection: string | null;
            circuit_breaker: components["schemas"]["CircuitBreaker"] | null;
            last_price: string | null;
        };
        MarketFees: {
            symbol: string;
            maker: string;
            taker: string;
            /**
             * @description Whose rates hold: the tier's, or an exception's.
             *
             *     * `TIER` - TIER
             *     * `MARKET` - MARKET
             *     * `USER` - USER
             *     * `USER_IN_MARKET` - USER_IN_MARKET
             */
            origin: components["schemas"]["OriginEnum"];
            /**
             * Format: date-time
             * @description When the exception is over.
             */
            expires_at: string | null;
        };
        /**
         * @description * `TRADING` - TRADING
         *     * `HALTED` - HALTED
         *     * `CLOSED` - CLOSED
         *     * `PRE_OPEN` - PRE_OPEN
         *     * `AUCTION` - AUCTION
         *     * `CANCEL_ONLY` - CANCEL_ONLY
         * @enum {string}
         */
        MarketStateEnum: "TRADING" | "HALTED" | "CLOSED" | "PRE_OPEN" | "AUCTION" | "CANCEL_ONLY";
        MarketStatus: {
            symbol: string;
            state: components["schemas"]["MarketStateEnum"];
            reason: string;
        };
        Markets: {
            items: components["schemas"]["Market"][];
        };
        NamedPeriod: {
            /** @description The period's first price. */
            open: string | null;
            high: string | null;
            low: string | null;
            last: string | null;
            /** @description In the base asset. */
            volume: string;
            quote_volume: string;
            trades: number;
            /** @description The part of volume that house accounts traded with each other. */
            house_volume: string;
            house_quote_volume: string;
            house_trades: number;
            change: string | null;
            change_percent: string | null;
            period: components["schemas"]["PeriodEnum"];
        };
        NetworkOfAddress: {
            asset: string;
            network: string;
        };
        NetworkStatus: {
            network: string;
            deposits: components["schemas"]["ServiceStateEnum"];
            withdrawals: components["schemas"]["ServiceStateEnum"];
        };
        NewAddress: {
            /** @description The address is checked for this asset and network. */
            asset: string;
            network: string;
            label?: string;
            address: string;
            /** @default  */
            tag: string;
            beneficiary?: components["schemas"]["Beneficiary"];
        };
        /** @description A key with its secret, which is shown this once. */
        NewApiKey: {
            readonly id: string;
            readonly label: string;
            readonly key: string;
            readonly scopes: components["schemas"]["ScopesEnum"][];
            /** @description CIDR ranges; empty means anywhere. */
            readonly ip_ranges: string[];
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly revoked_at: string | null;
            /** @description Shown once. Keep it. */
            readonly secret: string;
        };
        NewExchangeAccount: {
            /** @description Its id of GET /wallet/exchanges/supported. */
            exchange: string;
            /** @description Yours for it; one may have several accounts at an exchange. */
            name: string;
            /** @default spot */
            kind: components["schemas"]["ExchangeAccountKindEnum"];
            /** @description Never shown again. */
            api_key: string;
            /** @description Never shown again. */
            api_secret: string;
            /** @description Where the exchange has one. Never shown again. */
            passphrase?: string;
            /**
             * @description The exchange's own place for trying things out.
             * @default false
             */
            is_sandbox: boolean;
            /**
             * Format: date-time
             * @description Where the keys have an end; you are warned before.
             */
            keys_expire_at?: string | null;
            metadata?: {
                [key: string]: unknown;
            };
        };
        /** @description A part of a body that refuses names it does not have, as whole bodies do. */
        NewExchangeAddress: {
            account_id: string;
            currency: string;
            /** @description Always named: a coin sent over another network is lost. */
            network: string;
            /** @description Left out: the exchange is asked for it now. Else it is entered by hand, and counts as such. */
            address?: string;
            tag?: string;
            label?: string;
            description?: string;
            user_metadata?: {
                [key: string]: unknown;
            };
        };
        /** @description An order of many; how it is answered the request says once for all. */
        NewOrder: {
            /** @description BTC-USDT or BTC/USDT */
            symbol: string;
            side: components["schemas"]["SideEnum"];
            type: components["schemas"]["TypeEnum"];
            /**
             * @description IOC for MARKET and GTC for all others if left out
             *
             *     * `GTC` - GTC
             *     * `IOC` - IOC
             *     * `FOK` - FOK
             *     * `GTD` - GTD
             */
            time_in_force?: (components["schemas"]["TimeInForceEnum"] | components["schemas"]["NullEnum"]) | null;
            /** @description Refuse rather than take. */
            post_only?: boolean | null;
            /** @description The limit, of types that have one. */
            price?: string | null;
            /** @description In the base asset. */
            quantity?: string | null;
            /** @description Of types without a limit, instead of quantity: what to spend, or (MARKET only) to receive. */
            quote_amount?: string | null;
            /** @description My own id, unique for 24 hours. A repeat returns the first order. */
            client_order_id?: string | null;
            /** @description ICEBERG: what it shows at a time. */
            display_quantity?: string | null;
            /** @description Of stop and take-profit orders: what ends the waiting. */
            trigger_price?: string | null;
            /** @description TRAILING_STOP: distance of the trigger, a part of the price with at most 6 decimals: "0.015". */
            trailing_delta?: string | null;
            /**
             * Format: date-time
             * @description GTD: when the order expires.
             */
            good_till?: string | null;
            /**
             * @description The account's default if left out.
             *
             *     * `NONE` - NONE
             *     * `EXPIRE_TAKER` - EXPIRE_TAKER
             *     * `EXPIRE_MAKER` - EXPIRE_MAKER
             *     * `EXPIRE_BOTH` - EXPIRE_BOTH
             *     * `DECREMENT` - DECREMENT
             */
            self_trade_prevention?: (components["schemas"]["SelfTradePreventionEnum"] | components["schemas"]["NullEnum"]) | null;
            /**
             * @description RESULT waits for the match; ACK does not.
             *
             *     * `RESULT` - RESULT
             *     * `ACK` - ACK
             */
            response?: (components["schemas"]["ResponseEnum"] | components["schemas"]["NullEnum"]) | null;
            /** @description Check all, write nothing. */
            validate_only?: boolean | null;
        };
        NextTier: {
            tier: number;
            min_volume: string;
            /** @description What is still to be traded. */
            missing_volume: string;
        };
        Notice: {
            /** @description A number, or for a halt "halt-" and the market. */
            id: string;
            kind: components["schemas"]["NoticeKindEnum"];
            severity: components["schemas"]["NoticeSeverityEnum"];
            /**
             * @description UPCOMING: announced for later.
             *
             *     * `UPCOMING` - UPCOMING
             *     * `ACTIVE` - ACTIVE
             *     * `PAST` - PAST
             */
            phase: components["schemas"]["NoticePhaseEnum"];
            title: string;
            /** @description Plain text. */
            text: string;
            markets: string[];
            /** @description Without markets and assets it is about the whole exchange. */
            assets: string[];
            /**
             * Format: date-time
             * @description null for a halt: it has begun.
             */
            starts_at: string | null;
            /**
             * Format: date-time
             * @description null: until further notice
             */
            ends_at: string | null;
            /** Format: date-time */
            published_at: string | null;
            /** Format: date-time */
            updated_at: string | null;
        };
        /**
         * @description * `INCIDENT` - INCIDENT
         *     * `MAINTENANCE` - MAINTENANCE
         *     * `HALT` - HALT
         *     * `INFO` - INFO
         * @enum {string}
         */
        NoticeKindEnum: "INCIDENT" | "MAINTENANCE" | "HALT" | "INFO";
        /** @description Something to know about an account or an address before it is used. */
        NoticeOfTrouble: {
            code: string;
            message: string;
        };
        /**
         * @description * `UPCOMING` - UPCOMING
         *     * `ACTIVE` - ACTIVE
         *     * `PAST` - PAST
         * @enum {string}
         */
        NoticePhaseEnum: "UPCOMING" | "ACTIVE" | "PAST";
        /**
         * @description * `INFO` - INFO
         *     * `WARNING` - WARNING
         *     * `CRITICAL` - CRITICAL
         * @enum {string}
         */
        NoticeSeverityEnum: "INFO" | "WARNING" | "CRITICAL";
        Notices: {
            items: components["schemas"]["Notice"][];
            next_cursor: string | null;
        };
        /** @enum {unknown} */
        NullEnum: null;
        OcoPair: {
            /** @description That with the limit first, then that which waits. */
            legs: components["schemas"]["Order"][];
        };
        OcoRequest: {
            /** @description BTC-USDT or BTC/USDT */
            symbol: string;
            side: components["schemas"]["SideEnum"];
            /** @description In the base asset, of either order. */
            quantity: string;
            /** @description Limit of the order that rests; it is post-only. */
            price: string;
            /** @description The last price that turns the other order into a limit or market order. */
            trigger_price: string;
            /** @description Limit of the order that waits; left out: it takes what there is. */
            stop_price?: string | null;
            /**
             * @description The account's default if left out.
             *
             *     * `NONE` - NONE
             *     * `EXPIRE_TAKER` - EXPIRE_TAKER
             *     * `EXPIRE_MAKER` - EXPIRE_MAKER
             *     * `EXPIRE_BOTH` - EXPIRE_BOTH
             *     * `DECREMENT` - DECREMENT
             */
            self_trade_prevention?: (components["schemas"]["SelfTradePreventionEnum"] | components["schemas"]["NullEnum"]) | null;
            /** @description My own id of the pair, unique for 24 hours. */
            client_order_id?: string | null;
            /**
             * @description RESULT waits for the match; ACK does not.
             *
             *     * `RESULT` - RESULT
             *     * `ACK` - ACK
             */
            response?: (components["schemas"]["ResponseEnum"] | components["schemas"]["NullEnum"]) | null;
            /** @description Check all, write nothing. */
            validate_only?: boolean | null;
        };
        OneError: {
            code: string;
            message: string;
            details: {
                [key: string]: unknown;
            };
            retry_after?: number;
        };
        Order: {
            id: string;
            client_order_id: string | null;
            symbol: string;
            side: components["schemas"]["SideEnum"];
            type: components["schemas"]["TypeEnum"];
            time_in_force: components["schemas"]["TimeInForceEnum"];
            post_only: boolean;
            price: string | null;
            quantity: string | null;
            quote_amount: string | null;
            /** @description That of a trailing stop follows the price. */
            trigger_price: string | null;
            trailing_delta: string | null;
            display_quantity: string | null;
            /** @description Of an iceberg in the book: what it shows now. */
            visible_quantity: string | null;
            /** @description Worst price of a purchase that waits and has no limit; it locks at it. */
            protection_price: string | null;
            /** Format: date-time */
            good_till: string | null;
            self_trade_prevention: components["schemas"]["SelfTradePreventionEnum"];
            /** @description The order of which this one cancels, or cancelled, the other. */
            other_leg_id: string | null;
            filled_quantity: string;
            filled_quote: string;
            average_price: string | null;
            /** @description Taken off by self-trade prevention. */
            prevented_quantity: string;
            /** @description quantity - filled - prevented; null of an order by quote_amount */
            remaining_quantity: string | null;
            /** @description Waits for its trigger; it is not in the book. */
            is_waiting: boolean;
            /** Format: date-time */
            triggered_at: string | null;
            /**
             * @description PENDING: accepted, not yet matched.
             *
             *     * `PENDING` - PENDING
             *     * `OPEN` - OPEN
             *     * `PARTIAL` - PARTIAL
             *     * `FILLED` - FILLED
             *     * `CANCELLED` - CANCELLED
             *     * `REJECTED` - REJECTED
             *     * `EXPIRED` - EXPIRED
             */
            status: components["schemas"]["OrderStatusEnum"];
            /** @description Code of why it was rejected, cancelled or expired; else empty. */
            reason: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description An order of many; how it is answered the request says once for all. */
        OrderRequest: {
            /** @description BTC-USDT or BTC/USDT */
            symbol: string;
            side: components["schemas"]["SideEnum"];
            type: components["schemas"]["TypeEnum"];
            /**
             * @description IOC for MARKET and GTC for all others if left out
             *
             *     * `GTC` - GTC
             *     * `IOC` - IOC
             *     * `FOK` - FOK
             *     * `GTD` - GTD
             */
            time_in_force?: (components["schemas"]["TimeInForceEnum"] | components["schemas"]["NullEnum"]) | null;
            /** @description Refuse rather than take. */
            post_only?: boolean | null;
            /** @description The limit, of types that have one. */
            price?: string | null;
            /** @description In the base asset. */
            quantity?: string | null;
            /** @description Of types without a limit, instead of quantity: what to spend, or (MARKET only) to receive. */
            quote_amount?: string | null;
            /** @description My own id, unique for 24 hours. A repeat returns the first order. */
            client_order_id?: string | null;
            /** @description ICEBERG: what it shows at a time. */
            display_quantity?: string | null;
            /** @description Of stop and take-profit orders: what ends the waiting. */
            trigger_price?: string | null;
            /** @description TRAILING_STOP: distance of the trigger, a part of the price with at most 6 decimals: "0.015". */
            trailing_delta?: string | null;
            /**
             * Format: date-time
             * @description GTD: when the order expires.
             */
            good_till?: string | null;
            /**
             * @description The account's default if left out.
             *
             *     * `NONE` - NONE
             *     * `EXPIRE_TAKER` - EXPIRE_TAKER
             *     * `EXPIRE_MAKER` - EXPIRE_MAKER
             *     * `EXPIRE_BOTH` - EXPIRE_BOTH
             *     * `DECREMENT` - DECREMENT
             */
            self_trade_prevention?: (components["schemas"]["SelfTradePreventionEnum"] | components["schemas"]["NullEnum"]) | null;
            /**
             * @description RESULT waits for the match; ACK does not.
             *
             *     * `RESULT` - RESULT
             *     * `ACK` - ACK
             */
            response?: (components["schemas"]["ResponseEnum"] | components["schemas"]["NullEnum"]) | null;
            /** @description Check all, write nothing. */
            validate_only?: boolean | null;
            /** @description My open order that is cancelled if this one comes in. */
            replaces?: string | null;
        };
        /**
         * @description * `PENDING` - PENDING
         *     * `OPEN` - OPEN
         *     * `PARTIAL` - PARTIAL
         *     * `FILLED` - FILLED
         *     * `CANCELLED` - CANCELLED
         *     * `REJECTED` - REJECTED
         *     * `EXPIRED` - EXPIRED
         * @enum {string}
         */
        OrderStatusEnum: "PENDING" | "OPEN" | "PARTIAL" | "FILLED" | "CANCELLED" | "REJECTED" | "EXPIRED";
        Orders: {
            items: components["schemas"]["Order"][];
            next_cursor: string | null;
        };
        /**
         * @description * `TIER` - TIER
         *     * `MARKET` - MARKET
         *     * `USER` - USER
         *     * `USER_IN_MARKET` - USER_IN_MARKET
         * @enum {string}
         */
        OriginEnum: "TIER" | "MARKET" | "USER" | "USER_IN_MARKET";
        /** @description A part of a body that refuses names it does not have, as whole bodies do. */
        Originator: {
            /** @description Who sends: the account's owner. */
            name: string;
            address?: string;
        };
        OwnLeaf: {
            asset: string;
            account: string;
            amount: string;
            amount_atoms: string;
            /** @description Known to you alone: whoever has it can try which amount fits. */
            salt: string;
            position: number;
            /** @description What lies beside the way to the root, from the bottom to the top. */
            path: components["schemas"]["Step"][];
        };
        OwnProof: {
            snapshot: string;
            commitment: string;
            /** Format: date-time */
            taken_at: string;
            leaves: components["schemas"]["OwnLeaf"][];
        };
        PastBalance: {
            asset: string;
            available: string;
            locked: string;
            total: string;
        };
        PastBalances: {
            /** Format: date-time */
            at: string;
            items: components["schemas"]["PastBalance"][];
        };
        PatchedAmendRequest: {
            /** @description Left out: as it is. */
            price?: string | null;
            /** @description The whole quantity, what has traded included. Left out: as it is. */
            quantity?: string | null;
            /**
             * @description RESULT waits for the engine; ACK does not.
             *
             *     * `RESULT` - RESULT
             *     * `ACK` - ACK
             */
            response?: (components["schemas"]["ResponseEnum"] | components["schemas"]["NullEnum"]) | null;
        };
        PatchedPreferences: {
            /**
             * @description Of orders that name none.
             *
             *     * `NONE` - NONE
             *     * `EXPIRE_TAKER` - EXPIRE_TAKER
             *     * `EXPIRE_MAKER` - EXPIRE_MAKER
             *     * `EXPIRE_BOTH` - EXPIRE_BOTH
             *     * `DECREMENT` - DECREMENT
             */
            self_trade_prevention?: components["schemas"]["SelfTradePreventionEnum"];
        };
        /**
         * @description * `24h` - 24h
         *     * `7d` - 7d
         *     * `30d` - 30d
         * @enum {string}
         */
        PeriodEnum: "24h" | "7d" | "30d";
        PlacedOrder: {
            id: string;
            client_order_id: string | null;
            symbol: string;
            side: components["schemas"]["SideEnum"];
            type: components["schemas"]["TypeEnum"];
            time_in_force: components["schemas"]["TimeInForceEnum"];
            post_only: boolean;
            price: string | null;
            quantity: string | null;
            quote_amount: string | null;
            /** @description That of a trailing stop follows the price. */
            trigger_price: string | null;
            trailing_delta: string | null;
            display_quantity: string | null;
            /** @description Of an iceberg in the book: what it shows now. */
            visible_quantity: string | null;
            /** @description Worst price of a purchase that waits and has no limit; it locks at it. */
            protection_price: string | null;
            /** Format: date-time */
            good_till: string | null;
            self_trade_prevention: components["schemas"]["SelfTradePreventionEnum"];
            /** @description The order of which this one cancels, or cancelled, the other. */
            other_leg_id: string | null;
            filled_quantity: string;
            filled_quote: string;
            average_price: string | null;
            /** @description Taken off by self-trade prevention. */
            prevented_quantity: string;
            /** @description quantity - filled - prevented; null of an order by quote_amount */
            remaining_quantity: string | null;
            /** @description Waits for its trigger; it is not in the book. */
            is_waiting: boolean;
            /** Format: date-time */
            triggered_at: string | null;
            /**
             * @description PENDING: accepted, not yet matched.
             *
             *     * `PENDING` - PENDING
             *     * `OPEN` - OPEN
             *     * `PARTIAL` - PARTIAL
             *     * `FILLED` - FILLED
             *     * `CANCELLED` - CANCELLED
             *     * `REJECTED` - REJECTED
             *     * `EXPIRED` - EXPIRED
             */
            status: components["schemas"]["OrderStatusEnum"];
            /** @description Code of why it was rejected, cancelled or expired; else empty. */
            reason: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description What this very request made the order trade; a repeat does not say. */
            fills?: components["schemas"]["Fill"][];
        };
        Posting: {
            id: string;
            /** @description The journal entry, which is also the id of the command that caused it. */
            entry_id: string;
            /** @description One of ORDER, CANCEL, FUNDING, TRANSFER, REVERSAL, BUST, DEPOSIT, WITHDRAWAL_LOCK, WITHDRAWAL, WITHDRAWAL_RELEASE, SWEEP, HOLD, SUSPENSE, ADJUSTMENT. */
            cause: string;
            asset: string;
            available_delta: string;
            locked_delta: string;
            /** @description The balance after it; null in pages further back than the last 20,000 postings. */
            available_after: string | null;
            locked_after: string | null;
            /** Format: date-time */
            posted_at: string;
        };
        Postings: {
            items: components["schemas"]["Posting"][];
            next_cursor: string | null;
        };
        Preferences: {
            /**
             * @description Of orders that name none.
             *
             *     * `NONE` - NONE
             *     * `EXPIRE_TAKER` - EXPIRE_TAKER
             *     * `EXPIRE_MAKER` - EXPIRE_MAKER
             *     * `EXPIRE_BOTH` - EXPIRE_BOTH
             *     * `DECREMENT` - DECREMENT
             */
            self_trade_prevention: components["schemas"]["SelfTradePreventionEnum"];
        };
        PublicTrade: {
            id: string;
            /** @description Gapless within the market, from 1. */
            number: number;
            price: string;
            quantity: string;
            quote_amount: string;
            taker_side: components["schemas"]["SideEnum"];
            /** @description Both sides trade for the exchange itself. */
            is_house: boolean;
            /** @description The exchange has undone it; candles and volumes keep it. */
            is_busted: boolean;
            /** Format: date-time */
            executed_at: string;
        };
        PublicTrades: {
            items: components["schemas"]["PublicTrade"][];
            /** @description Where older trades go on; null at the end. */
            next_cursor: string | null;
            /** @description With from_number: where newer trades go on, whether there are any yet or not. */
            next_number: number | null;
        };
        Reserve: {
            asset: string;
            rail: string;
            /** @description What this rail said it holds for the exchange. */
            amount: string;
            /** Format: date-time */
            reported_at: string;
        };
        /**
         * @description * `RESULT` - RESULT
         *     * `ACK` - ACK
         * @enum {string}
         */
        ResponseEnum: "RESULT" | "ACK";
        /**
         * @description * `MAKER` - MAKER
         *     * `TAKER` - TAKER
         * @enum {string}
         */
        RoleEnum: "MAKER" | "TAKER";
        SavedAddress: {
            id: string;
            label: string;
            address: string;
            tag: string;
            beneficiary_name: string;
            /** @description What can be sent to it. */
            networks: components["schemas"]["NetworkOfAddress"][];
            /**
             * Format: date-time
             * @description From then on it can be used.
             */
            usable_at: string;
            is_usable: boolean;
            /** Format: date-time */
            created_at: string;
        };
        SavedAddresses: {
            items: components["schemas"]["SavedAddress"][];
            /** @description How long an address waits that is saved now; 0 for the first one of a new account. */
            cooling_off_hours: number;
        };
        /**
         * @description * `read` - Read
         *     * `trade` - Trade
         *     * `withdraw` - Withdraw
         *     * `exchanges` - manage exchange accounts and deposit addresses
         *     * `funds:ingest` - report deposits of a rail
         * @enum {string}
         */
        ScopesEnum: "read" | "trade" | "withdraw" | "exchanges" | "funds:ingest";
        /**
         * @description * `NONE` - NONE
         *     * `EXPIRE_TAKER` - EXPIRE_TAKER
         *     * `EXPIRE_MAKER` - EXPIRE_MAKER
         *     * `EXPIRE_BOTH` - EXPIRE_BOTH
         *     * `DECREMENT` - DECREMENT
         * @enum {string}
         */
        SelfTradePreventionEnum: "NONE" | "EXPIRE_TAKER" | "EXPIRE_MAKER" | "EXPIRE_BOTH" | "DECREMENT";
        /**
         * @description * `ENABLED` - ENABLED
         *     * `SUSPENDED` - SUSPENDED
         *     * `NOT_OFFERED` - NOT_OFFERED
         * @enum {string}
         */
        ServiceStateEnum: "ENABLED" | "SUSPENDED" | "NOT_OFFERED";
        SetCountdown: {
            symbol: string;
            command_id: string;
            /**
             * Format: date-time
             * @description null: there is none, or (with status 202) the engine has not answered.
             */
            deadline: string | null;
        };
        SetCountdowns: {
            markets: components["schemas"]["SetCountdown"][];
        };
        /**
         * @description * `BUY` - BUY
         *     * `SELL` - SELL
         * @enum {string}
         */
        SideEnum: "BUY" | "SELL";
        /** @description Where the money came from. */
        Source: {
            type: components["schemas"]["DepositSourceTypeEnum"];
            /** @default  */
            chain: string;
            /** @default  */
            address: string;
            /** @default  */
            tag: string;
            /** @default  */
            reference: string;
            /** @default  */
            account: string;
        };
        StaffExchangeAccount: {
            /** Format: uuid */
            id: string;
            exchange: string;
            exchange_name: string;
            name: string;
            kind: components["schemas"]["ExchangeAccountKindEnum"];
            /** @description The key's first and last characters; the rest is never shown. */
            key_hint: string;
            is_sandbox: boolean;
            is_active: boolean;
            /** @description As the last test found them. */
            permissions: components["schemas"]["KeyPermissions"];
            warnings: components["schemas"]["NoticeOfTrouble"][];
            /** Format: date-time */
            keys_changed_at: string;
            /** Format: date-time */
            keys_expire_at: string | null;
            /**
             * @description blocked: the exchange refuses the keys, and nothing is asked until there are others.
             *
             *     * `never` - never
             *     * `queued` - queued
             *     * `running` - running
             *     * `ok` - ok
             *     * `partial` - partial
             *     * `failed` - failed
             *     * `blocked` - blocked
             */
            sync_status: components["schemas"]["SyncStatusEnum"];
            /** Format: date-time */
            last_sync_at: string | null;
            /** Format: date-time */
            next_sync_at: string | null;
            /** @description Why the last sync failed, where it did. */
            error: components["schemas"]["NoticeOfTrouble"] | null;
            /** @description The latest. */
            sync: components["schemas"]["AddressSync"] | null;
            /** @description How many there are of this account. */
            addresses: number;
            metadata: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            created_at: string;
            user: components["schemas"]["AccountOwner"];
            /** @description Syncs that failed since the last that did not. */
            failures: number;
        };
        StaffExchangeAccounts: {
            items: components["schemas"]["StaffExchangeAccount"][];
            next_cursor: string | null;
        };
        StaffSync: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            account_id: string;
            type: components["schemas"]["AddressSyncTypeEnum"];
            trigger: components["schemas"]["AddressSyncTriggerEnum"];
            status: components["schemas"]["AddressSyncStatusEnum"];
            /** @description Currencies that have been asked for, of `total`. */
            done: number;
            total: number;
            added: number;
            updated: number;
            removed: number;
            /** @description Addresses that came in place of others; a part of `added`. */
            changed: number;
            errors: components["schemas"]["SyncError"][];
            /** Format: date-time */
            started_at: string;
            /**
             * Format: date-time
             * @description While it runs; later where the exchange lets itself be asked seldom.
             */
            expected_end_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
            duration_ms: number | null;
            account_name: string;
            exchange: string;
            username: string;
        };
        StatementLine: {
            /** @description One of ORDER, CANCEL, FUNDING, TRANSFER, REVERSAL, BUST, DEPOSIT, WITHDRAWAL_LOCK, WITHDRAWAL, WITHDRAWAL_RELEASE, SWEEP, HOLD, SUSPENSE, ADJUSTMENT. */
            cause: string;
            received: string;
            given: string;
            /** @description How many postings. */
            count: number;
        };
        Statistics: {
            best_bid: string | null;
            best_bid_quantity: string | null;
            best_ask: string | null;
            best_ask_quantity: string | null;
            symbol: string;
            periods: components["schemas"]["NamedPeriod"][];
            /** @description Best ask less best bid; null while a side is empty. */
            spread: string | null;
            /** @description Of the price in the middle. */
            spread_percent: string | null;
        };
        Step: {
            hash: string;
            sum_atoms: string;
        };
        SupportedExchange: {
            /** @description As in `exchange` of an account, and in addresses of the API. */
            id: string;
            name: string;
            /** @description www, doc, fees and the like. */
            links: {
                [key: string]: string;
            };
            /** @description Whether deposit addresses can be fetched there. */
            has_addresses: boolean;
            needs_passphrase: boolean;
            has_sandbox: boolean;
            has_futures: boolean;
            /** @description Between two requests of one user. */
            rate_limit_ms: number;
            /** @description About how long a sync of all it takes deposits of lasts: some let themselves be asked seldom. */
            full_sync_seconds: number;
            /** @description How many it knows; 0 before it has been asked. */
            currencies: number;
            /**
             * Format: date-time
             * @description When it was asked for them last.
             */
            currencies_at: string | null;
        };
        SupportedExchanges: {
            items: components["schemas"]["SupportedExchange"][];
        };
        SyncError: {
            /** @description Empty: it was about all of them. */
            currency: string;
            code: string;
            message: string;
        };
        SyncRequest: {
            /** @description Left out: all of mine that are active. */
            account_ids?: string[];
            /** @description Left out: those that the type of sync means. */
            currencies?: string[];
            /**
             * @description full: every currency that takes deposits. incremental: those I have addresses of. single_currency: those of `currencies`, which is what it is anyway where they are named.
             *
             *     * `full` - full
             *     * `incremental` - incremental
             *     * `single_currency` - single_currency
             */
            type?: components["schemas"]["AddressSyncTypeEnum"];
        };
        SyncStatus: {
            queued: number;
            running: number;
            /** Format: date-time */
            oldest_queued_at: string | null;
            success_24h: number;
            partial_24h: number;
            failed_24h: number;
            /** @description Accounts whose time has come and that wait for the next round. */
            due: number;
            exchanges: components["schemas"]["ExchangeFigures"][];
            recent: components["schemas"]["StaffSync"][];
        };
        /**
         * @description * `never` - never
         *     * `queued` - queued
         *     * `running` - running
         *     * `ok` - ok
         *     * `partial` - partial
         *     * `failed` - failed
         *     * `blocked` - blocked
         * @enum {string}
         */
        SyncStatusEnum: "never" | "queued" | "running" | "ok" | "partial" | "failed" | "blocked";
        SyncSums: {
            total: number;
            success: number;
            partial: number;
            failed: number;
            /** @description Of those that have ended. */
            failure_rate_percent: string;
            average_ms: number | null;
            longest_ms: number | null;
            added: number;
            updated: number;
            removed: number;
            changed: number;
        };
        /** @description Sums are of the last 24 hours. */
        Ticker: {
            /** @description The period's first price. */
            open: string | null;
            high: string | null;
            low: string | null;
            last: string | null;
            /** @description In the base asset. */
            volume: string;
            quote_volume: string;
            trades: number;
            /** @description The part of volume that house accounts traded with each other. */
            house_volume: string;
            house_quote_volume: string;
            house_trades: number;
            change: string | null;
            change_percent: string | null;
            best_bid: string | null;
            best_bid_quantity: string | null;
            best_ask: string | null;
            best_ask_quantity: string | null;
            symbol: string;
            /** @description While orders are collected: what the auction would come to now. Else null. */
            auction: components["schemas"]["Auction"] | null;
        };
        Tickers: {
            items: components["schemas"]["Ticker"][];
        };
        Time: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC, microseconds.
             */
            time: string;
            /** @description Milliseconds since the Unix epoch. */
            unix_ms: number;
        };
        /**
         * @description * `GTC` - GTC
         *     * `IOC` - IOC
         *     * `FOK` - FOK
         *     * `GTD` - GTD
         * @enum {string}
         */
        TimeInForceEnum: "GTC" | "IOC" | "FOK" | "GTD";
        Trade: {
            id: string;
            order_id: string;
            client_order_id: string | null;
            symbol: string;
            side: components["schemas"]["SideEnum"];
            role: components["schemas"]["RoleEnum"];
            price: string;
            quantity: string;
            quote_amount: string;
            fee: string;
            fee_asset: string;
            /** @description Of all fills of the order so far. */
            order_average_price: string | null;
            /** Format: date-time */
            executed_at: string;
            /** @description The exchange has undone it: what it moved has gone back. */
            is_busted: boolean;
        };
        Trades: {
            items: components["schemas"]["Trade"][];
            next_cursor: string | null;
        };
        Transfer: {
            id: string;
            asset: string;
            amount: string;
            to: string;
            note: string;
            /** @description False: accepted, and done in a moment. */
            is_done: boolean;
            /** Format: date-time */
            accepted_at: string;
        };
        TransferEntry: {
            id: string;
            asset: string;
            amount: string;
            direction: components["schemas"]["DirectionEnum"];
            /** @description The user name of who received or sent it. */
            counterparty: string;
            note: string;
            /** Format: date-time */
            done_at: string;
        };
        TransferRequest: {
            request_id?: string;
            asset: string;
            /** @description Plain decimal text such as "12.5". */
            amount: string;
            /** @description The user name of who receives it. */
            to: string;
            note?: string;
            /**
             * @description Of the authenticator app, or a recovery code; a repeat needs none.
             * @default
             */
            code: string;
            /** @description Where one by e-mail is asked for, too. */
            email_code?: string;
        };
        Transfers: {
            items: components["schemas"]["TransferEntry"][];
            next_cursor: string | null;
        };
        /** @description Needed above the value that GET /wallet/limits tells. */
        TravelRule: {
            originator?: components["schemas"]["Originator"];
            beneficiary?: components["schemas"]["Beneficiary"];
            purpose?: string;
        };
        /**
         * @description * `LIMIT` - LIMIT
         *     * `MARKET` - MARKET
         *     * `ICEBERG` - ICEBERG
         *     * `STOP_LIMIT` - STOP_LIMIT
         *     * `STOP_MARKET` - STOP_MARKET
         *     * `TAKE_PROFIT_LIMIT` - TAKE_PROFIT_LIMIT
         *     * `TAKE_PROFIT` - TAKE_PROFIT
         *     * `TRAILING_STOP` - TRAILING_STOP
         * @enum {string}
         */
        TypeEnum: "LIMIT" | "MARKET" | "ICEBERG" | "STOP_LIMIT" | "STOP_MARKET" | "TAKE_PROFIT_LIMIT" | "TAKE_PROFIT" | "TRAILING_STOP";
        Validated: {
            is_acceptable: boolean;
        };
        Withdrawal: {
            id: string;
            /**
             * @description REQUESTED: waits for the second factor, nothing is locked. REVIEW: people look at it. UNKNOWN: the network is being asked what became of it. Ends: CONFIRMED, REJECTED, FAILED, CANCELLED.
             *
             *     * `REQUESTED` - REQUESTED
             *     * `VERIFIED` - VERIFIED
             *     * `REVIEW` - REVIEW
             *     * `APPROVED` - APPROVED
             *     * `SENDING` - SENDING
             *     * `UNKNOWN` - UNKNOWN
             *     * `SENT` - SENT
             *     * `CONFIRMED` - CONFIRMED
             *     * `REJECTED` - REJECTED
             *     * `FAILED` - FAILED
             *     * `CANCELLED` - CANCELLED
             */
            state: components["schemas"]["WithdrawalStateEnum"];
            asset: string;
            network: string;
            amount: string;
            fee: string;
            address: string;
            tag: string;
            external_tx_id: string;
            confirmations: number;
            /** @description Why it ended without a payout: a code or a text. */
            reason: string;
            reason_text: string;
            can_be_cancelled: boolean;
            /** Format: date-time */
            requested_at: string;
            /** Format: date-time */
            verified_at: string | null;
            /** Format: date-time */
            sent_at: string | null;
            /** Format: date-time */
            finished_at: string | null;
        };
        WithdrawalFees: {
            items: components["schemas"]["Fee"][];
        };
        WithdrawalRequest: {
            request_id?: string;
            asset: string;
            network: string;
            /** @description What arrives; the fee comes on top. Plain decimal text such as "12.5". */
            amount: string;
            /**
             * @description Of the address book; or name an address of it.
             * @default
             */
            address_id: string;
            /** @default  */
            address: string;
            /** @default  */
            tag: string;
            travel_rule?: components["schemas"]["TravelRule"];
        };
        /**
         * @description * `REQUESTED` - REQUESTED
         *     * `VERIFIED` - VERIFIED
         *     * `REVIEW` - REVIEW
         *     * `APPROVED` - APPROVED
         *     * `SENDING` - SENDING
         *     * `UNKNOWN` - UNKNOWN
         *     * `SENT` - SENT
         *     * `CONFIRMED` - CONFIRMED
         *     * `REJECTED` - REJECTED
         *     * `FAILED` - FAILED
         *     * `CANCELLED` - CANCELLED
         * @enum {string}
         */
        WithdrawalStateEnum: "REQUESTED" | "VERIFIED" | "REVIEW" | "APPROVED" | "SENDING" | "UNKNOWN" | "SENT" | "CONFIRMED" | "REJECTED" | "FAILED" | "CANCELLED";
        Withdrawals: {
            items: components["schemas"]["Withdrawal"][];
            next_cursor: string | null;
        };
        YearStatement: {
            year: number;
            items: components["schemas"]["AssetStatement"][];
        };
        Error: {
            error: {
                /**
                 * @description Stable, for programs. One code always has one HTTP status.
                 * @example INSUFFICIENT_BALANCE
                 */
                code: string;
                /** @description A sentence for people. */
                message: string;
                details: {
                    [key: string]: unknown;
                };
                /** @description Also in the header X-Request-Id. */
                request_id: string;
                /** Format: date-time */
                timestamp: string;
                /** @description Seconds after which a repeat makes sense; only where it does. */
                retry_after?: number;
            };
        };
    };
    responses: {
        /** @description The request can not be read: a field, the query or the body is not as described. Nothing was changed. */
        BadRequest: {
            headers: {
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The signature or the session is missing, wrong or no longer valid. Nothing was changed. */
        NotAuthenticated: {
            headers: {
                "X-Request-Id": string;
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Who asks is known and may not do this. Nothing was changed. */
        NotAllowed: {
            headers: {
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description What the request names does not exist, or is somebody else's. Nothing was changed. */
        NotThere: {
            headers: {
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The client takes none of the formats in which this can be answered. Nothing was changed. */
        NotAcceptable: {
            headers: {
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description What is there already does not allow it. Nothing was changed. */
        Conflict: {
            headers: {
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is too large. Nothing was changed. */
        TooLarge: {
            headers: {
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is not application/json. Nothing was changed. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The request can be read and can not be carried out: rules or balances do not allow it. Nothing was changed. */
        NotPossible: {
            headers: {
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Too many requests; Retry-After says when to try again. Nothing was changed. */
        TooManyRequests: {
            headers: {
                "X-Request-Id": string;
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Another exchange gave an answer that can not be used. Nothing was changed. */
        NotUnderstood: {
            headers: {
                "X-Request-Id": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The exchange, or this market, can not take the request at the moment. Nothing was changed. */
        NotAvailable: {
            headers: {
                "X-Request-Id": string;
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Another exchange took too long to answer. Nothing was changed. */
        TookTooLong: {
            headers: {
                "X-Request-Id": string;
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_trading_preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    set_trading_preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PatchedPreferences"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    staff_exchange_analytics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Analytics"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    staff_list_exchange_accounts: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description Only at this exchange, e.g. binance. */
                exchange?: string;
                /** @description Only those that are, or are not. */
                is_active?: "false" | "true";
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description By what to sort; with a minus the greatest first. -created_at if left out. */
                ordering?: "-created_at" | "-exchange" | "-name" | "-sync_status" | "created_at" | "exchange" | "name" | "sync_status";
                /** @description Only those with this text in their name or in the e-mail address of their user. */
                search?: string;
                /** @description Only those whose sync stands so. */
                status?: "blocked" | "failed" | "never" | "ok" | "partial" | "queued" | "running";
                /** @description Only of this user. */
                user_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffExchangeAccounts"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    staff_exchange_sync_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncStatus"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    staff_force_exchange_sync: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForceSync"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressSyncs"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_api_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    create_api_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    revoke_api_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                api_key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_balances: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Balances"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    report_deposit_short: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result; other content is refused. May be sent as request_id in the body instead. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DepositReport"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deposit"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_fees: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fees"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    list_postings: {
        parameters: {
            query?: {
                /** @description Only this asset, e.g. BTC. */
                asset?: string;
                /** @description Only what came of this. */
                cause?: "ADJUSTMENT" | "BUST" | "CANCEL" | "DEPOSIT" | "FUNDING" | "HOLD" | "ORDER" | "REVERSAL" | "SUSPENSE" | "SWEEP" | "TRANSFER" | "WITHDRAWAL" | "WITHDRAWAL_LOCK" | "WITHDRAWAL_RELEASE";
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                from?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Postings"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    export_postings: {
        parameters: {
            query?: {
                /** @description Only this asset, e.g. BTC. */
                asset?: string;
                /** @description Only what came of this. */
                cause?: "ADJUSTMENT" | "BUST" | "CANCEL" | "DEPOSIT" | "FUNDING" | "HOLD" | "ORDER" | "REVERSAL" | "SUSPENSE" | "SWEEP" | "TRANSFER" | "WITHDRAWAL" | "WITHDRAWAL_LOCK" | "WITHDRAWAL_RELEASE";
                /** @description RFC 3339 or milliseconds since 1970; inclusive. 366 days before `to` if left out, and at most. */
                from?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. Now if left out. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description RFC 4180, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv; charset=utf-8": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_markets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Markets"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_market: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Market"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_candles: {
        parameters: {
            query: {
                /** @description RFC 3339 or milliseconds, exclusive; now if left out. */
                end?: string;
                /** @description exclude leaves out what house accounts traded with each other; prices stay. */
                house?: "exclude" | "include";
                /** @description Length of a candle. */
                interval: "12h" | "15m" | "1M" | "1d" | "1h" | "1m" | "1s" | "1w" | "2h" | "30m" | "3m" | "4h" | "5m" | "6h";
                /** @description 1 to 1000; default 200. */
                limit?: number;
                /** @description RFC 3339 or milliseconds: the first candle holds this moment. */
                start?: string;
            };
            header?: never;
            path: {
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Candles"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_depth: {
        parameters: {
            query?: {
                /** @description Put levels together, a multiple of the market's tick size: bids are rounded down, asks up. */
                group?: string;
                /** @description Price levels a side; 100 if left out. */
                limit?: "10" | "100" | "1000" | "20" | "5" | "full";
            };
            header?: never;
            path: {
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Depth"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_statistics: {
        parameters: {
            query?: {
                /** @description exclude leaves out what house accounts traded with each other; prices stay. */
                house?: "exclude" | "include";
            };
            header?: never;
            path: {
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_ticker: {
        parameters: {
            query?: {
                /** @description exclude leaves out what house accounts traded with each other; prices stay. */
                house?: "exclude" | "include";
            };
            header?: never;
            path: {
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticker"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_public_trades: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                from?: string;
                /** @description Trades from this number on, oldest first; goes with limit alone. */
                from_number?: number;
                /** @description exclude leaves out what house accounts traded with each other; prices stay. */
                house?: "exclude" | "include";
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                to?: string;
            };
            header?: never;
            path: {
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicTrades"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_notices: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description CURRENT (default): now, or announced. PAST: has ended, in pages. */
                when?: "CURRENT" | "PAST";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notices"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_orders: {
        parameters: {
            query?: {
                /** @description Only orders that were placed under this id of mine. */
                client_order_id?: string;
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                from?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description BUY or SELL */
                side?: "BUY" | "SELL";
                /** @description One or more of PENDING, OPEN, PARTIAL, FILLED, CANCELLED, REJECTED, EXPIRED, joined by commas. */
                status?: string;
                /** @description BTC-USDT or BTC/USDT */
                symbol?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                to?: string;
                /** @description One or more of LIMIT, MARKET, ICEBERG, STOP_LIMIT, STOP_MARKET, TAKE_PROFIT_LIMIT, TAKE_PROFIT, TRAILING_STOP, joined by commas. */
                type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Orders"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    place_order: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderRequest"];
            };
        };
        responses: {
            /** @description validate_only: the order would be accepted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Validated"];
                };
            };
            /** @description Matched, resting, waiting or expired; see status. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlacedOrder"];
                };
            };
            /** @description Accepted for good, not matched yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlacedOrder"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    cancel_all_orders: {
        parameters: {
            query?: {
                /** @description RESULT (default) waits for the engine; ACK does not. */
                response?: "ACK" | "RESULT";
                /** @description Only orders of this side. */
                side?: "BUY" | "SELL";
                /** @description BTC-USDT or BTC/USDT; left out: all markets in which I have orders. */
                symbol?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are cancelled. Without a symbol: a list by market. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelledEverywhereOrInMarket"];
                };
            };
            /** @description Accepted, not carried out yet, or not everywhere. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelledEverywhereOrInMarket"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    cancel_order: {
        parameters: {
            query?: {
                /** @description RESULT (default) waits for the engine; ACK does not. */
                response?: "ACK" | "RESULT";
            };
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description Accepted, not carried out yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    amend_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PatchedAmendRequest"];
            };
        };
        responses: {
            /** @description The order as it is now, with what it has just traded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlacedOrder"];
                };
            };
            /** @description Accepted, not carried out yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlacedOrder"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    replace_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrder"];
            };
        };
        responses: {
            /** @description validate_only: the order would be accepted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Validated"];
                };
            };
            /** @description Matched, resting, waiting or expired; see status. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlacedOrder"];
                };
            };
            /** @description Accepted for good, not matched yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlacedOrder"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    place_orders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Batch"];
            };
        };
        responses: {
            /** @description A result for each, in the order of the request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchResults"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    cancel_orders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelBatch"];
            };
        };
        responses: {
            /** @description A result for each, in the order of the request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchResults"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_order_by_client_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client_order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    cancel_order_by_client_id: {
        parameters: {
            query?: {
                /** @description RESULT (default) waits for the engine; ACK does not. */
                response?: "ACK" | "RESULT";
            };
            header?: never;
            path: {
                client_order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description Accepted, not carried out yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    amend_order_by_client_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client_order_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PatchedAmendRequest"];
            };
        };
        responses: {
            /** @description The order as it is now, with what it has just traded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlacedOrder"];
                };
            };
            /** @description Accepted, not carried out yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlacedOrder"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_countdowns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Countdowns"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    cancel_all_after: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CountdownRequest"];
            };
        };
        responses: {
            /** @description It runs, or has ended, everywhere. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetCountdowns"];
                };
            };
            /** @description Accepted, not carried out yet everywhere. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetCountdowns"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    export_orders: {
        parameters: {
            query?: {
                /** @description Only orders that were placed under this id of mine. */
                client_order_id?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. 366 days before `to` if left out, and at most. */
                from?: string;
                /** @description BUY or SELL */
                side?: "BUY" | "SELL";
                /** @description One or more of PENDING, OPEN, PARTIAL, FILLED, CANCELLED, REJECTED, EXPIRED, joined by commas. */
                status?: string;
                /** @description BTC-USDT or BTC/USDT */
                symbol?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. Now if left out. */
                to?: string;
                /** @description One or more of LIMIT, MARKET, ICEBERG, STOP_LIMIT, STOP_MARKET, TAKE_PROFIT_LIMIT, TAKE_PROFIT, TRAILING_STOP, joined by commas. */
                type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description RFC 4180, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv; charset=utf-8": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    place_oco: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OcoRequest"];
            };
        };
        responses: {
            /** @description validate_only: the orders would be accepted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Validated"];
                };
            };
            /** @description Both are open. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OcoPair"];
                };
            };
            /** @description Accepted for good, not matched yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OcoPair"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_proofs_of_liabilities: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiabilitySnapshots"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    my_proof_of_liabilities: {
        parameters: {
            query?: {
                /** @description Which one; the latest if left out. */
                snapshot?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnProof"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    balances_at: {
        parameters: {
            query: {
                /** @description RFC 3339 or milliseconds since 1970; not in the future. */
                at: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PastBalances"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    year_statement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A calendar year in UTC, up to the present one. */
                year: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["YearStatement"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    export_year_statement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A calendar year in UTC, up to the present one. */
                year: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description RFC 4180, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv; charset=utf-8": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeStatus"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_tickers: {
        parameters: {
            query?: {
                /** @description exclude leaves out what house accounts traded with each other; prices stay. */
                house?: "exclude" | "include";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tickers"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    time: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Time"];
                };
            };
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
        };
    };
    list_my_trades: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                from?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description Only fills of this order. */
                order_id?: string;
                /** @description Whether my order rested or took. */
                role?: "MAKER" | "TAKER";
                /** @description BUY or SELL */
                side?: "BUY" | "SELL";
                /** @description BTC-USDT or BTC/USDT */
                symbol?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trades"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    export_my_trades: {
        parameters: {
            query?: {
                /** @description RFC 3339 or milliseconds since 1970; inclusive. 366 days before `to` if left out, and at most. */
                from?: string;
                /** @description Only fills of this order. */
                order_id?: string;
                /** @description Whether my order rested or took. */
                role?: "MAKER" | "TAKER";
                /** @description BUY or SELL */
                side?: "BUY" | "SELL";
                /** @description BTC-USDT or BTC/USDT */
                symbol?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. Now if left out. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description RFC 4180, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv; charset=utf-8": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_exchange_addresses: {
        parameters: {
            query?: {
                /** @description Only of this exchange account. */
                account_id?: string;
                /** @description Only of this currency, e.g. USDT. */
                currency?: string;
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description Only at this exchange, e.g. binance. */
                exchange?: string;
                /** @description Across exchanges, by currency and network, instead of a list. */
                group_by?: "currency";
                /** @description Only those that are, or are not. */
                is_active?: "false" | "true";
                /** @description Only those with exactly this label. */
                label?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description Only on this network, e.g. TRC20. */
                network?: string;
                /** @description By what to sort; with a minus the greatest first. -created_at if left out. */
                ordering?: "-address" | "-created_at" | "-currency" | "-exchange" | "-network" | "-updated_at" | "address" | "created_at" | "currency" | "exchange" | "network" | "updated_at";
                /** @description Only those with this text in address, tag, label or description. */
                search?: string;
                /** @description Only those that stand so. */
                status?: "changed" | "current" | "gone" | "replaced";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAddresses"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    add_exchange_address: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result, for 7 days; other content is refused. May be left out. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewExchangeAddress"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAddress"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            502: components["responses"]["NotUnderstood"];
            503: components["responses"]["NotAvailable"];
            504: components["responses"]["TookTooLong"];
        };
    };
    get_exchange_address: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAddress"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    update_exchange_address: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ExchangeAddressChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAddress"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    delete_exchange_address: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAddress"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    refresh_exchange_address: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAddress"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            502: components["responses"]["NotUnderstood"];
            503: components["responses"]["NotAvailable"];
            504: components["responses"]["TookTooLong"];
        };
    };
    change_exchange_addresses: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result, for 7 days; other content is refused. May be left out. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Bulk"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkResults"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_exchange_addresses_by_currency: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                currency: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressGroups"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_exchange_address_history: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
            };
            header?: never;
            path: {
                address_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressHistory"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    sync_exchange_addresses: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result, for 7 days; other content is refused. May be left out. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SyncRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressSyncs"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_deposit_addresses: {
        parameters: {
            query?: {
                /** @description Only this network, e.g. SIM. */
                network?: string;
            };
            header?: never;
            path: {
                asset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DepositAddresses"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_deposits: {
        parameters: {
            query?: {
                /** @description Only this asset, e.g. BTC. */
                asset?: string;
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description Only those in this state. */
                state?: "CREDITED" | "HELD" | "ORPHANED" | "PENDING" | "RETURNED" | "SUSPENSE";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deposits"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    report_deposit: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result; other content is refused. May be sent as request_id in the body instead. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DepositReport"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deposit"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_deposit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deposit_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deposit"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    confirm_deposit: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result; other content is refused. May be sent as request_id in the body instead. */
                "Idempotency-Key"?: string;
            };
            path: {
                deposit_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Confirmation"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deposit"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_deposit_claims: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claims"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    claim_deposit: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result; other content is refused. May be sent as request_id in the body instead. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClaimRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    send_withdrawal_code: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["EmailCodeRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmailCode"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_exchange_accounts: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description Only at this exchange, e.g. binance. */
                exchange?: string;
                /** @description Only those that are, or are not. */
                is_active?: "false" | "true";
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description By what to sort; with a minus the greatest first. -created_at if left out. */
                ordering?: "-created_at" | "-exchange" | "-name" | "-sync_status" | "created_at" | "exchange" | "name" | "sync_status";
                /** @description Only those with this text in their name. */
                search?: string;
                /** @description Only those whose sync stands so. */
                status?: "blocked" | "failed" | "never" | "ok" | "partial" | "queued" | "running";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAccounts"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    connect_exchange_account: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result, for 7 days; other content is refused. May be left out. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewExchangeAccount"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAccount"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_exchange_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAccount"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    update_exchange_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ExchangeAccountChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAccount"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    delete_exchange_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeAccount"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    test_exchange_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionTest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            502: components["responses"]["NotUnderstood"];
            503: components["responses"]["NotAvailable"];
            504: components["responses"]["TookTooLong"];
        };
    };
    list_exchange_currencies: {
        parameters: {
            query?: {
                /** @description Only this one, e.g. USDT. */
                currency?: string;
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description Only those that the exchange takes over this network, e.g. TRC20. */
                network?: string;
            };
            header?: never;
            path: {
                exchange_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeCurrencies"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            502: components["responses"]["NotUnderstood"];
            503: components["responses"]["NotAvailable"];
            504: components["responses"]["TookTooLong"];
        };
    };
    get_exchange_info: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                exchange_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeInfo"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_supported_exchanges: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportedExchanges"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    pour_from_faucet: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result; other content is refused. May be sent as request_id in the body instead. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FaucetRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gift"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    withdrawal_fees: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WithdrawalFees"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    withdrawal_limits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limits"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_transfers: {
        parameters: {
            query?: {
                /** @description Only this asset, e.g. BTC. */
                asset?: string;
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                from?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transfers"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    transfer: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result; other content is refused. May be sent as request_id in the body instead. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransferRequest"];
            };
        };
        responses: {
            /** @description A repeat: nothing moved again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transfer"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transfer"];
                };
            };
            /** @description Accepted, not carried out yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transfer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_withdrawal_addresses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedAddresses"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    save_withdrawal_address: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAddress"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedAddress"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    delete_withdrawal_address: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedAddress"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    list_withdrawals: {
        parameters: {
            query?: {
                /** @description Only this asset, e.g. BTC. */
                asset?: string;
                /** @description next_cursor of the page before; newest first. */
                cursor?: string;
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                from?: string;
                /** @description 1 to 500, 100 if left out. */
                limit?: number;
                /** @description Only those in this state. */
                state?: "APPROVED" | "CANCELLED" | "CONFIRMED" | "FAILED" | "REJECTED" | "REQUESTED" | "REVIEW" | "SENDING" | "SENT" | "UNKNOWN" | "VERIFIED";
                /** @description RFC 3339 or milliseconds since 1970; inclusive. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Withdrawals"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    request_withdrawal: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result; other content is refused. May be sent as request_id in the body instead. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WithdrawalRequest"];
            };
        };
        responses: {
            /** @description A repeat: the withdrawal that was asked for before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    get_withdrawal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                withdrawal_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    cancel_withdrawal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                withdrawal_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            /** @description Accepted, not carried out yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    verify_withdrawal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                withdrawal_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Code"];
            };
        };
        responses: {
            /** @description As it stands now; it may have been rejected. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            /** @description Confirmed; it is checked in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
    withdraw: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat under the same key returns the first result; other content is refused. May be sent as request_id in the body instead. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WithdrawalRequest"];
            };
        };
        responses: {
            /** @description A repeat: the withdrawal that was asked for before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["NotAuthenticated"];
            403: components["responses"]["NotAllowed"];
            404: components["responses"]["NotThere"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["NotPossible"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["NotAvailable"];
        };
    };
}
