"""Django's admin with our own site in place of the standard one."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    default_site = "exchange.staff.site.StaffSite"
