"""Settings, processes and everything that belongs to no app. Importing it decides how the pure cores run."""

from exchange.compiled import prefer_compiled

prefer_compiled()
