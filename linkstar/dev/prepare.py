"""Brings the database up to date in one process: migrations of all workspaces, then the demo if there is none."""

import os

import django
from django.core.management import call_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linkstar.settings")
    django.setup()
    call_command("fleet_migrate", verbosity=0)
    call_command("load_demo", "--if-empty")
