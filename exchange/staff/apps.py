"""Django's admin with our own site in place of the standard one.

The apps' pages are loaded with the URLs, not with the apps: workers and streams have no use for them.
"""

from django.contrib.admin.apps import SimpleAdminConfig


class StaffAdminConfig(SimpleAdminConfig):
    default_site = "exchange.staff.site.StaffSite"
