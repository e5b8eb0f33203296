from django.urls import path

import accounts.api.schema  # noqa: F401  registers how the OpenAPI description names our authentication
from accounts.api.views import AccountView, ApiKeysView, ApiKeyView

urlpatterns = [
    path("account", AccountView.as_view(), name="account"),
    path("api-keys", ApiKeysView.as_view(), name="api-keys"),
    path("api-keys/<uuid:api_key_id>", ApiKeyView.as_view(), name="api-key"),
]
