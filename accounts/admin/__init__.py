"""People on the staff pages: users, their keys, staff groups, and who changed what."""

from accounts.admin.api_keys import ApiKeyAdmin
from accounts.admin.groups import GroupAdmin
from accounts.admin.history import AccountChangeAdmin, StaffActionAdmin
from accounts.admin.second_factor import SecondFactorAttemptAdmin
from accounts.admin.self_trade_groups import SelfTradeGroupAdmin
from accounts.admin.users import UserAdmin

__all__ = [
    "AccountChangeAdmin",
    "ApiKeyAdmin",
    "GroupAdmin",
    "SecondFactorAttemptAdmin",
    "SelfTradeGroupAdmin",
    "StaffActionAdmin",
    "UserAdmin",
]
