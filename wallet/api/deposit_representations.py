"""Deposits and claims as JSON objects."""

from typing import Any

from ledger.api.parameters import rfc3339
from wallet.models import Deposit, DepositClaim, RailAsset, RailKind
from wallet.rails.bank_settings import own_account
from wallet.selectors.deposits import networks_of


def deposits_json(deposits: list[Deposit]) -> dict[int, dict[str, Any]]:
    """Each deposit's object by its id."""
    networks = networks_of(deposits)
    return {
        deposit.pk: {
            "id": str(deposit.pk),
            "asset": deposit.asset.symbol,
            "network": networks.get((deposit.rail_id, deposit.asset_id), ""),
            "amount": deposit.amount,
            "state": str(deposit.state),
            "reason": deposit.reason,
            "external_tx_id": deposit.external_tx_id,
            "output_index": deposit.output_index,
            "address": deposit.address,
            "tag": deposit.tag,
            "confirmations": deposit.confirmations,
            "required_confirmations": deposit.required_confirmations,
            "seen_at": rfc3339(deposit.seen_at),
            "credited_at": rfc3339(deposit.credited_at) if deposit.credited_at else None,
        }
        for deposit in deposits
    }


def deposit_json(deposit: Deposit) -> dict[str, Any]:
    return deposits_json([deposit])[deposit.pk]


def claims_json(claims: list[DepositClaim]) -> dict[int, dict[str, Any]]:
    """Each claim's object by its id."""
    networks = networks_of(claims)
    return {
        claim.pk: {
            "id": str(claim.pk),
            "asset": claim.asset.symbol,
            "network": networks.get((claim.rail_id, claim.asset_id), ""),
            "external_tx_id": claim.external_tx_id,
            "state": str(claim.state),
            "claimed_at": rfc3339(claim.claimed_at),
            "decided_at": rfc3339(claim.decided_at) if claim.decided_at else None,
        }
        for claim in claims
    }


def claim_json(claim: DepositClaim) -> dict[str, Any]:
    return claims_json([claim])[claim.pk]


def address_json(terms: RailAsset, address: str | None, tag: str) -> dict[str, Any]:
    """`address` None: the rail does not answer."""
    is_bank = terms.rail.kind == RailKind.BANK
    # Ours is told; what else a rail's settings hold is nobody's business.
    account = own_account(terms.rail) if is_bank else None
    return {
        "asset": terms.asset.symbol,
        "network": terms.network,
        "kind": terms.rail.kind,
        "address": address,
        "tag": tag,
        "recipient": account.name if account else "",
        "bic": account.bic if account else "",
        "needs_tag": terms.needs_tag or is_bank,
        "needs_claim": terms.rail.settings.get("users_apart_by") == "claim",
        "min_deposit": terms.min_deposit,
        "required_confirmations": terms.confirmations,
    }
