"""The door for WSGI servers."""

import os

from django.core.wsgi import get_wsgi_application

from songnuan.kernel.keys import keys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songnuan.config.settings")
keys()  # refuses to open without the keys of the data folder

application = get_wsgi_application()
