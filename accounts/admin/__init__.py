"""People on the staff pages: users, their keys, staff groups, and who changed what."""

from accounts.admin.api_keys import ApiKeyAdmin
from accounts.admin.groups import GroupAdmin
from accounts.admin.history import AccountChangeAdmin, StaffActionAdmin
from accounts.admin.users import UserAdmin

__all__ = ["AccountChangeAdmin", "ApiKeyAdmin", "GroupAdmin", "StaffActionAdmin", "UserAdmin"]
