from __future__ import annotations

from live_site import _server, site
from pywb_server import pywb

__all__ = ["_server", "pywb", "site"]
