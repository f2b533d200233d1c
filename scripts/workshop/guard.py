# SPDX-License-Identifier: MIT
"""
The door. Each request must name this server (a foreign Host is DNS rebinding), come from its own
page (Origin), and carry the cookie that the token or the join code brought. The leader's counts on
this computer alone.
"""

from __future__ import annotations

import logging
from typing import Awaitable, Callable

from aiohttp import web
from aiohttp.http import HttpProcessingError

from .people import People, Person
from .said import Sides, say

COOKIE = "flashlab"
OPEN = ("/", "/join", "/static/", "/shared/")  # without a cookie: the way in, and the page's code
LOOPBACK = ("127.0.0.1", "::1")

POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' ws://{host}; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def refuse(status: int, message: Sides) -> web.Response:
    return web.json_response({"error": message}, status=status)


def door(hosts: set[str], people: People) -> Callable:
    """The middleware."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.host not in hosts:
            return refuse(421, say("foreign-host"))
        origin = request.headers.get("Origin")
        changes = request.method not in ("GET", "HEAD") or "Upgrade" in request.headers
        if (origin or changes) and origin != f"http://{request.host}":
            return refuse(403, say("foreign-page"))
        request["person"] = _person(request, people)
        if request["person"] is None and not _is_open(request.path):
            return refuse(403, say("closed"))
        return await handler(request)

    return check


class _NoNews(logging.Filter):
    """Whoever reaches the port may send what is no HTTP: answered with 400, and not told here."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, (HttpProcessingError, web.RequestPayloadError))


logging.getLogger("aiohttp.server").addFilter(_NoNews())


def _is_open(path: str) -> bool:
    return any(path == way or (way[-1] == "/" != way and path.startswith(way)) for way in OPEN)


def _person(request: web.Request, people: People) -> Person | None:
    person = people.by_cookie(request.cookies.get(COOKIE, ""))
    if person and person.leads and not is_near(request):
        return None
    return person


def is_near(request: web.Request) -> bool:
    """Does it come from this computer itself?"""
    return request.remote in LOOPBACK


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = POLICY.format(host=request.host)


def let_in(response: web.StreamResponse, person: Person) -> None:
    """Strict: no other page's link or form carries it. It ends with the browser."""
    response.set_cookie(COOKIE, person.secret, httponly=True, samesite="Strict", path="/")
