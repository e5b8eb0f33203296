import { useState } from "react";
import { Empty, Failure, Skeleton } from "../../../../components/States";
import { MoreButton } from "../../../orders/MoreButton";
import { useExchangeAddress, useExchangeAddresses, type AddressFilter } from "../data";
import { isUnderWay } from "../syncing";
import type { Account, Address } from "../types";
import { AddAddress } from "./AddAddress";
import { AddressDialog } from "./AddressDialog";
import { AddressTable } from "./AddressTable";
import { BulkBar } from "./BulkBar";
import { Filters } from "./Filters";
import { History } from "./History";
import { useSelection } from "./useSelection";
import shared from "../../wallet.module.css";
import styles from "../exchanges.module.css";

const ORDERING = "currency";

/** The addresses at all exchanges, by currency and network. */
export function Addresses({ accounts }: { accounts: readonly Account[] }) {
  const [filter, setFilter] = useState<AddressFilter>({});
  const query = useExchangeAddresses({ ...filter, ordering: ORDERING });
  const { rows, error, refetch } = query;
  const selection = useSelection(rows);
  const [isAdding, setAdding] = useState(false);
  const [opened, setOpened] = useState<Address | null>(null);
  const [remembered, setRemembered] = useState<Address | null>(null);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  // It may change while it is open, and drop out of what the filters leave.
  const { data: newest } = useExchangeAddress(opened?.id ?? null);
  const current = opened && (newest ?? opened);

  return (
    <section className={`panel ${shared["list"]} ${styles["addresses"]}`} aria-label="Deposit addresses">
      <header className={shared["head"]}>
        <h2>Deposit addresses</h2>
        <button type="button" className="button" onClick={() => setAdding(true)}>
          Add an address
        </button>
      </header>
      <Filters filter={filter} onChange={setFilter} accounts={accounts} rows={rows} />
      {selection.ids.length > 0 && <BulkBar selection={selection} />}
      {rows === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {rows === undefined && error === null && <Skeleton rows={6} label="Loading deposit addresses" />}
      {rows?.length === 0 && <Nothing isFiltered={isFiltered} accounts={accounts} />}
      {rows !== undefined && rows.length > 0 && (
        <>
          <AddressTable addresses={rows} accounts={accounts} selection={selection} onOpen={setOpened} />
          <MoreButton query={query} label="Show more" />
        </>
      )}
      {isAdding && <AddAddress accounts={accounts} onClose={() => setAdding(false)} />}
      {current !== null && (
        <AddressDialog
          address={current}
          accounts={accounts}
          onHistory={() => setRemembered(current)}
          onClose={() => setOpened(null)}
        />
      )}
      {remembered !== null && <History address={remembered} onClose={() => setRemembered(null)} />}
    </section>
  );
}

function Nothing({ isFiltered, accounts }: { isFiltered: boolean; accounts: readonly Account[] }) {
  if (isFiltered) return <Empty title="No address fits">Choose less, or look for something else.</Empty>;
  if (accounts.some(isUnderWay)) return <Empty title="No addresses yet">The first ones come in as the sync goes on.</Empty>;
  return <Empty title="No addresses yet">Sync an account, and its addresses show up here.</Empty>;
}
