"""Assets: added with a scale that stays, changed in name, shown decimals and use."""

from typing import Any

from django.contrib import admin
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponseRedirect

from accounts.models import User
from kernel.errors import BourseError
from ledger.listing import add_asset, change_asset
from ledger.models import Asset
from storage.admin.as_shown import ReasonedRowForm
from storage.admin.base import StaffAdmin
from storage.admin.reasons import sentence_of


class AssetForm(ReasonedRowForm):
    class Meta:
        model = Asset
        fields = ("symbol", "name", "scale", "display_decimals", "is_enabled", "max_position")
        help_texts = {
            "scale": "Decimals of the smallest part the books count. It can never be changed afterwards.",
            "display_decimals": "How many decimals people see.",
            "max_position": "Units one account may hold, what it is buying included. Empty: any number.",
        }

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if "symbol" in self.fields:
            self.fields["symbol"].validators.append(RegexValidator(r"^[A-Z0-9]{2,12}\Z", "Capital letters and digits."))


@admin.register(Asset)
class AssetAdmin(StaffAdmin):
    form = AssetForm
    list_display = ("symbol", "name", "scale", "display_decimals", "is_enabled")
    list_filter = ("is_enabled",)
    search_fields = ("symbol__istartswith", "name__icontains")
    ordering = ("symbol",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ledger.add_asset")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("ledger.change_asset")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("symbol", "scale") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("symbol", "name", "scale", "display_decimals", "reason")
        shown = ("symbol", "name", "scale", "display_decimals", "is_enabled", "max_position")
        return (*shown, "reason") if self.has_change_permission(request, obj) else shown

    def changeform_view(self, request: HttpRequest, *arguments: Any, **options: Any) -> Any:
        """What the service refuses is said on the same page, and nothing is saved."""
        try:
            return super().changeform_view(request, *arguments, **options)
        except BourseError as error:
            self.message_user(request, sentence_of(error), level="ERROR")
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        fields = form.cleaned_data
        if change:
            change_asset(
                asset_id=obj.pk,
                name=fields["name"],
                display_decimals=fields["display_decimals"],
                is_enabled=fields["is_enabled"],
                max_position=fields["max_position"],
                by=request.user,
                reason=fields["reason"],
            )
            return
        obj.pk = add_asset(
            symbol=fields["symbol"],
            name=fields["name"],
            scale=fields["scale"],
            display_decimals=fields["display_decimals"],
            by=request.user,
            reason=fields["reason"],
        ).pk
