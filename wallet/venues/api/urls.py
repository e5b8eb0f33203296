"""Addresses of exchange accounts below /api/v1/. What is a word stands before what may be anything."""

from django.urls import path

from wallet.venues.api.accounts import ExchangeAccountsView, ExchangeAccountTestView, ExchangeAccountView
from wallet.venues.api.address_work import BulkAddressesView, SyncAddressesView
from wallet.venues.api.addresses import (
    AddressesByCurrencyView,
    AddressHistoryView,
    ExchangeAddressesView,
    ExchangeAddressView,
    RefreshExchangeAddressView,
)
from wallet.venues.api.catalogue import ExchangeCurrenciesView, ExchangeInfoView, SupportedExchangesView
from wallet.venues.api.staff import (
    StaffAnalyticsView,
    StaffExchangeAccountsView,
    StaffForceSyncView,
    StaffSyncStatusView,
)

urlpatterns = [
    path("wallet/exchanges", ExchangeAccountsView.as_view()),
    path("wallet/exchanges/supported", SupportedExchangesView.as_view()),
    path("wallet/exchanges/<str:exchange_id>/currencies", ExchangeCurrenciesView.as_view()),
    path("wallet/exchanges/<str:exchange_id>/info", ExchangeInfoView.as_view()),
    path("wallet/exchanges/<str:account_id>", ExchangeAccountView.as_view()),
    path("wallet/exchanges/<str:account_id>/test", ExchangeAccountTestView.as_view()),
    path("wallet/addresses", ExchangeAddressesView.as_view()),
    path("wallet/addresses/sync", SyncAddressesView.as_view()),
    path("wallet/addresses/bulk", BulkAddressesView.as_view()),
    path("wallet/addresses/history/<str:address_id>", AddressHistoryView.as_view()),
    path("wallet/addresses/by-currency/<str:currency>", AddressesByCurrencyView.as_view()),
    path("wallet/addresses/<str:address_id>", ExchangeAddressView.as_view()),
    path("wallet/addresses/<str:address_id>/refresh", RefreshExchangeAddressView.as_view()),
    path("admin/wallet/exchanges", StaffExchangeAccountsView.as_view()),
    path("admin/wallet/sync-status", StaffSyncStatusView.as_view()),
    path("admin/wallet/sync/force", StaffForceSyncView.as_view()),
    path("admin/wallet/analytics", StaffAnalyticsView.as_view()),
    # The same by longer names, which the description leaves out.
    path("admin/wallet/exchanges/sync-status", StaffSyncStatusView.as_view(schema=None)),
    path("admin/wallet/exchanges/sync/force", StaffForceSyncView.as_view(schema=None)),
    path("admin/wallet/exchanges/analytics", StaffAnalyticsView.as_view(schema=None)),
]
