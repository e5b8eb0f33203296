"""Every read of markets, orders, trades and the engine's health."""

from matching.selectors.health import EngineHealth, engine_health

__all__ = ["EngineHealth", "engine_health"]
