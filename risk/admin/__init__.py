"""Risk on the staff pages: what looks wrong and who looks into it, and what is done about it by itself."""

from risk.admin.events import RiskEventAdmin
from risk.admin.policies import RiskPolicyAdmin

__all__ = ["RiskEventAdmin", "RiskPolicyAdmin"]
