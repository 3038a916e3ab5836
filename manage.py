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
    with engines.for_command(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
