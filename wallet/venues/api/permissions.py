"""Who gets to the staff's part of the API: staff in person, with the right that the view names."""

from typing import Any, NoReturn

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.api.passage import passage_of
from accounts.api.permissions import IsPerson


class IsStaffPerson(IsPerson):
    """Signed in on the page, of the staff, with `view.staff_right`. A key gets nowhere, whoever's it is."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises AuthenticationRequired, SessionRequired, AccountClosed, PermissionDenied; otherwise True."""
        super().has_permission(request, view)
        user: Any = request.user
        if not (user.is_active and user.is_staff and user.has_perm(view.staff_right)):
            _refuse(request, view)
        return True


def _refuse(request: Request, view: Any) -> NoReturn:
    """Counted as every refusal is."""
    passage_of(request, view).count_address()
    raise PermissionDenied
