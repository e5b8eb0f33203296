"""The admin site: who gets in, and the addresses that belong to no model."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.sites import UnfoldAdminSite

VERIFY_RIGHT = "accounts.verify_ledger"


class StaffSite(UnfoldAdminSite):
    """Only active staff see anything; what they see and do depends on their rights."""

    def extra_urls(self) -> list[Any]:
        # The pages of the apps come with the addresses: the site itself exists before them.
        from matching.admin.fee_revenue import revenue_file, revenue_page
        from wallet.venues.admin.figures import figures_page

        return [
            path("verify/", self.admin_view(require_POST(self.verify)), name="verify_books"),
            path("fee-revenue/", self.admin_view(revenue_page), name="fee_revenue"),
            path("exchange-accounts/", self.admin_view(figures_page), name="exchange_account_figures"),
            path("fee-revenue/fees.csv", self.admin_view(revenue_file), name="fee_revenue_file"),
        ]

    def verify(self, request: HttpRequest) -> HttpResponse:
        """Have the books checked, in the background: on a big database it takes minutes."""
        if not request.user.has_perm(VERIFY_RIGHT):
            raise PermissionDenied
        from accounts.staff import record_staff_action
        from exchange.staff.selectors import is_checking_books
        from exchange.tasks import verify_books

        if is_checking_books():
            messages.warning(request, "A check of the books is running already. Its result appears here.")
            return HttpResponseRedirect(reverse("admin:index"))
        try:
            verify_books.delay()
        except OperationalError:
            messages.error(request, "The check could not be started: no worker can be reached at the moment.")
        else:
            record_staff_action(
                by=request.user,  # type: ignore[arg-type]
                subject_kind="books",
                subject="ledger",
                action="check",
                reason="asked for on the overview",
            )
            messages.success(request, "The check of the books has been started. Its result appears here.")
        return HttpResponseRedirect(reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """One's own password, by Django's view and form; that it happened is written down."""
        request.current_app = self.name
        return PasswordChangeView.as_view(
            form_class=_own_password_form(),
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
            template_name=self.password_change_template or "registration/password_change_form.html",
        )(request)


def _own_password_form() -> type[AdminOwnPasswordChangeForm]:
    from accounts.models import User
    from accounts.staff import set_staff_password

    class OwnPasswordForm(AdminOwnPasswordChangeForm):
        """Saves through the service that notes it."""

        def save(self, commit: bool = True) -> Any:
            user = self.user
            assert isinstance(user, User)
            changed = set_staff_password(
                user=user, password=self.cleaned_data["new_password1"], by=user, reason="own password"
            )
            user.password = changed.password
            return user

    return OwnPasswordForm
