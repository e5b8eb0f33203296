"""Addresses of withdrawals below /api/v1/."""

from django.urls import path

from wallet.api.withdrawal_terms import (
    EmailCodesView,
    LimitsView,
    SavedAddressesView,
    SavedAddressView,
    TransfersView,
    WithdrawalFeesView,
)
from wallet.api.withdrawals import RequestWithdrawal, VerifyWithdrawalView, WithdrawalsView, WithdrawalView

urlpatterns = [
    path("withdraw", RequestWithdrawal.as_view()),
    path("wallet/withdrawals", WithdrawalsView.as_view()),
    path("wallet/withdrawals/<str:withdrawal_id>", WithdrawalView.as_view()),
    path("wallet/withdrawals/<str:withdrawal_id>/verify", VerifyWithdrawalView.as_view()),
    path("wallet/transfers", TransfersView.as_view()),
    path("wallet/email-codes", EmailCodesView.as_view()),
    path("wallet/limits", LimitsView.as_view()),
    path("wallet/fees", WithdrawalFeesView.as_view()),
    path("wallet/withdrawal-addresses", SavedAddressesView.as_view()),
    path("wallet/withdrawal-addresses/<str:address_id>", SavedAddressView.as_view()),
]
