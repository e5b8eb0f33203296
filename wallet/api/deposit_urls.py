"""Addresses of deposits below /api/v1/."""

from django.urls import path

from wallet.api.deposits import ClaimsView, DepositAddressesView, DepositsView, DepositView
from wallet.api.faucet import FaucetView
from wallet.api.ingest import ConfirmDepositView, ReportDepositShort

urlpatterns = [
    path("deposit", ReportDepositShort.as_view()),
    path("wallet/deposits", DepositsView.as_view()),
    path("wallet/deposits/claims", ClaimsView.as_view()),
    path("wallet/deposits/<str:deposit_id>", DepositView.as_view()),
    path("wallet/deposits/<str:deposit_id>/confirm", ConfirmDepositView.as_view()),
    path("wallet/faucet", FaucetView.as_view()),
    path("wallet/deposit-addresses/<str:asset>", DepositAddressesView.as_view()),
]
