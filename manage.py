#!/usr/bin/env python
"""Django's command line. `python manage.py help` lists the commands."""

import os
import sys

import environ
from django.core.management import execute_from_command_line

from timeline.config import engines


def main() -> None:
    environ.Env.read_env(engines.REPOSITORY / ".env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.config.settings")
    try:
        with engines.for_command(sys.argv):
            execute_from_command_line(sys.argv)
    except engines.EngineError as error:  # says what is wrong, with the end of the engine's log
        sys.exit(f"{error}\nEnd that process, or what runs on this data (`manage.py run`), and try again.")


if __name__ == "__main__":
    main()
