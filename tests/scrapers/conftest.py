from __future__ import annotations

from live_site import _server, observed, site, slept

__all__ = ["_server", "observed", "site", "slept"]
