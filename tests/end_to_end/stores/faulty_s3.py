"""moto's S3 server with faults on order: ``python faulty_s3.py PORT``.

``GET /faults?fail=3&stall=1&seconds=2`` sets how many of the next writes get status 500, and then how many get no
answer for so long; it says in JSON how many have been since. ``&of=GET`` is about reads instead of writes.
"""

from __future__ import annotations

import json
import sys
import threading
import time  # noqa: TID251 - stalls
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple


class Faulty:
    """Puts faults before an application."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._lock = threading.Lock()
        self._orders: Counter[str] = Counter()
        self._seconds, self._method = 0.0, "PUT"
        self._done: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request, or not."""
        if environ["PATH_INFO"] == "/faults":
            return self._take_orders(environ, start_response)
        match self._fault(environ["REQUEST_METHOD"]):
            case "fail":
                start_response("500 Internal Server Error", [("Content-Type", "application/xml")])
                return [b"<Error><Code>InternalError</Code><Message>on order</Message></Error>"]
            case "stall":
                time.sleep(self._seconds)
        return self._application(environ, start_response)

    def _fault(self, method: str) -> str:
        with self._lock:
            self._done[method] += 1
            for kind in ("fail", "stall"):
                if method == self._method and self._orders[kind] > 0:
                    self._orders[kind] -= 1
                    self._done[kind] += 1
                    return kind
        return ""

    def _take_orders(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        wishes = parse_qs(environ["QUERY_STRING"])
        with self._lock:
            done = json.dumps(self._done).encode()
            if wishes:
                self._done.clear()
                self._orders = Counter({kind: int(wishes[kind][0]) for kind in ("fail", "stall")})
                self._seconds, self._method = float(wishes["seconds"][0]), wishes.get("of", ["PUT"])[0]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [done]


if __name__ == "__main__":
    backend = Faulty(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", int(sys.argv[1]), backend, threaded=True)
