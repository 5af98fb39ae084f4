"""The product's settings as the tests use them: a data folder of their own, cheap passwords, no access log.

Each process (each xdist worker) makes its own data folder, so tests never touch ./data nor each other.
"""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="anlan-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["ANLAN_DATA"] = _folder

from anlan.site.settings import *  # noqa: E402,F403 – after the folder above, which they read

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True  # each client would else list all static files anew
