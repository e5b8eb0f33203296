#!/usr/bin/env python
"""Django's command line. `./bourse manage …` runs it with the environment of a running exchange."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
    # Migrations make the classes of models by the thousand, and the collector would walk all of them again and again:
    # a quarter of the time of a new database.
    gc.set_threshold(100_000, 50, 100)
    execute_from_command_line(sys.argv)
