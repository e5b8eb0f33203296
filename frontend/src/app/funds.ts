/** Deposits, withdrawals, and what they need, over REST. Events of the private stream make the lists read again. */

import { useQuery } from "@tanstack/react-query";
import { answered, api } from "../api/client";
import type { UserEvent } from "../streams/frames";
import { given, PAGE_SIZE, queryClient, useIsSignedIn, usePages, type Schemas } from "./queries";

export type Deposit = Schemas["Deposit"];
export type DepositAddress = Schemas["DepositAddress"];
export type DepositClaim = Schemas["Claim"];
export type Withdrawal = Schemas["Withdrawal"];
export type WithdrawalFee = Schemas["Fee"];
export type WithdrawalLimits = Schemas["Limits"];
export type SavedAddress = Schemas["SavedAddress"];
export type LiabilitySnapshot = Schemas["LiabilitySnapshot"];
export type Liability = Schemas["Liability"];
export type OwnLeaf = Schemas["OwnLeaf"];
export type OwnProof = Schemas["OwnProof"];

/** All that is personal is kept below this key. */
export const FUNDS = "funds";
const MOST_SNAPSHOTS = 30;

export function useDeposits() {
  return usePages([FUNDS, "deposits"], (cursor) =>
    answered(api.GET("/api/v1/wallet/deposits", { params: { query: given({ limit: PAGE_SIZE, cursor }) } })),
  );
}

export function useWithdrawals() {
  return usePages([FUNDS, "withdrawals"], (cursor) =>
    answered(api.GET("/api/v1/wallet/withdrawals", { params: { query: given({ limit: PAGE_SIZE, cursor }) } })),
  );
}

export function useTransfers() {
  return usePages([FUNDS, "transfers"], (cursor) =>
    answered(api.GET("/api/v1/wallet/transfers", { params: { query: given({ limit: PAGE_SIZE, cursor }) } })),
  );
}

export function useClaims() {
  return usePages([FUNDS, "claims"], (cursor) =>
    answered(api.GET("/api/v1/wallet/deposits/claims", { params: { query: given({ limit: PAGE_SIZE, cursor }) } })),
  );
}

/** Every asset with its networks, and whether they are open. */
export function useAssets() {
  return useQuery({
    queryKey: ["status"],
    queryFn: async () => (await answered(api.GET("/api/v1/status"))).assets,
    staleTime: 30_000,
  });
}

/** Where to send `asset` to, for each network. */
export function useDepositAddresses(asset: string | undefined) {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: [FUNDS, "deposit-addresses", asset],
    queryFn: async () =>
      (
        await answered(
          api.GET("/api/v1/wallet/deposit-addresses/{asset}", { params: { path: { asset: asset ?? "" } } }),
        )
      ).items,
    enabled: isSignedIn && asset !== undefined,
    staleTime: 60_000,
  });
}

export function useWithdrawalFees() {
  return useQuery({
    queryKey: ["withdrawal-fees"],
    queryFn: async () => (await answered(api.GET("/api/v1/wallet/fees"))).items,
    staleTime: 30_000,
  });
}

export function useWithdrawalLimits() {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: [FUNDS, "limits"],
    queryFn: () => answered(api.GET("/api/v1/wallet/limits")),
    enabled: isSignedIn,
  });
}

/** The saved addresses, and how many hours one would wait that is saved now. */
export function useAddressBook() {
  const isSignedIn = useIsSignedIn();
  return useQuery({
    queryKey: [FUNDS, "addresses"],
    queryFn: () => answered(api.GET("/api/v1/wallet/withdrawal-addresses")),
    enabled: isSignedIn,
  });
}

export function useProofsOfLiabilities() {
  return useQuery({
    queryKey: ["proofs-of-liabilities"],
    queryFn: async () =>
      (await answered(api.GET("/api/v1/proof-of-liabilities", { params: { query: { limit: MOST_SNAPSHOTS } } }))).items,
    staleTime: 60_000,
  });
}

/** Lists and limits that an event of the funds, or an act of one's own, has made old. */
export function refreshFunds(): void {
  for (const part of ["deposits", "withdrawals", "transfers", "limits", "claims"]) {
    void queryClient.invalidateQueries({ queryKey: [FUNDS, part] });
  }
}

export function refreshAddresses(): void {
  void queryClient.invalidateQueries({ queryKey: [FUNDS, "addresses"] });
}

export function isAboutFunds(event: UserEvent): boolean {
  return event.event === "deposit" || event.event === "withdrawal" || event.event === "transfer";
}
