"""Addresses of exchange accounts below /api/v1/. What is a word stands before what may be anything."""

from django.urls import include, path

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

# In parts, so that a look-up passes over each by comparing its beginning: it costs as much as what it is compared with.
_ADDRESSES = [
    path("sync", SyncAddressesView.as_view()),
    path("bulk", BulkAddressesView.as_view()),
    path("history/<str:address_id>", AddressHistoryView.as_view()),
    path("by-currency/<str:currency>", AddressesByCurrencyView.as_view()),
    path("<str:address_id>", ExchangeAddressView.as_view()),
    path("<str:address_id>/refresh", RefreshExchangeAddressView.as_view()),
]
_ACCOUNTS = [
    path("supported", SupportedExchangesView.as_view()),
    path("<str:exchange_id>/currencies", ExchangeCurrenciesView.as_view()),
    path("<str:exchange_id>/info", ExchangeInfoView.as_view()),
    path("<str:account_id>", ExchangeAccountView.as_view()),
    path("<str:account_id>/test", ExchangeAccountTestView.as_view()),
]
_OF_STAFF = [
    path("exchanges", StaffExchangeAccountsView.as_view()),
    path("sync-status", StaffSyncStatusView.as_view()),
    path("sync/force", StaffForceSyncView.as_view()),
    path("analytics", StaffAnalyticsView.as_view()),
    # The same by longer names, which the description leaves out.
    path("exchanges/sync-status", StaffSyncStatusView.as_view(schema=None)),
    path("exchanges/sync/force", StaffForceSyncView.as_view(schema=None)),
    path("exchanges/analytics", StaffAnalyticsView.as_view(schema=None)),
]
urlpatterns = [
    path("wallet/addresses", ExchangeAddressesView.as_view()),
    path("wallet/addresses/", include(_ADDRESSES)),
    path("wallet/exchanges", ExchangeAccountsView.as_view()),
    path("wallet/exchanges/", include(_ACCOUNTS)),
    path("admin/wallet/", include(_OF_STAFF)),
]
