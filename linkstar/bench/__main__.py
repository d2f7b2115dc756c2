"""`python -m linkstar.bench`, started by `manage.py bench` with the settings of production and a scratch database."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "linkstar.bench.settings"
django.setup()

from linkstar.bench.run import main  # noqa: E402 - needs the settings

sys.exit(main())
