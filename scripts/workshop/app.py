# SPDX-License-Identifier: MIT
"""
The server's routes.

    GET  /                the page; with ?token= the leader is let in; without a cookie the way in
    POST /join            {code, name}: a student
    GET  /events          server-sent events: first a whole state, then what changes
    POST /do              {verb, ...}: verbs.py
    GET  /shelf           models and ROMs, stories, exercises
    GET  /phones/NAME/screen      a websocket: RFB
    GET, POST /phones/NAME/picture of a phone in a browser: a small PNG
    POST /phones/NAME/upload/FILE an image or a recovery ROM of one's own, for the command box
    GET  /qr.svg          the class's address, as a picture
    GET  /static/ /shared/ /novnc/ the page's code; /web/ what phones in browsers are made of
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from aiohttp import web

from lab import outside, paths
from lab.errors import LabError

from . import acts, claimed, guard, picture, screen, story_verbs, typed, verbs
from .live import LivePhone
from .people import Person
from .said import FROZEN, Forbidden, Refusal, say, sides
from .workshop import Workshop, shelf

PAGE = Path(__file__).with_name("page")
SHARED = paths.ROOT / "scripts" / "web" / "shared"
NOVNC = paths.BUILD / "novnc"
ALIVE_S = 15  # a sign of life, for what lies between
LOOK_S = 1  # so soon the leader sees that somebody has gone
BODY_BYTES_MAX = 65536
UPLOAD_BYTES_MAX = 256 << 20
UPLOADS_BYTES_MAX = 512 << 20  # of one phone
FILES_MAX = 20
TOO_LARGE = say("file-large", mib=UPLOAD_BYTES_MAX >> 20, most=FILES_MAX)
SCREENS_MAX = 8  # of one student at once
SCREENS_MAX_LEADER = 100


class App:
    def __init__(self, shop: Workshop, class_url: str) -> None:
        self.shop, self.class_url = shop, class_url
        self.screens: dict[str, int] = {}
        self.shelf = {**shelf(), **story_verbs.catalogue(), "class_url": class_url}

    def web(self, hosts: set[str]) -> web.Application:
        app = web.Application(
            middlewares=[guard.door(hosts, self.shop.people), errors],
            client_max_size=BODY_BYTES_MAX,
        )
        app.on_response_prepare.append(guard.add_headers)
        app.add_routes(
            [
                web.get("/", self.index),
                web.post("/join", self.join),
                web.get("/events", self.events),
                web.post("/do", self.do),
                web.get("/shelf", self.get_shelf),
                web.get("/qr.svg", self.qr),
                web.get("/phones/{name}/screen", self.screen),
                web.get("/phones/{name}/picture", self.picture),
                web.post("/phones/{name}/picture", self.take_picture),
                web.post("/phones/{name}/upload/{file}", self.upload),
                web.static("/static", PAGE),
                web.static("/shared", SHARED),
                web.static("/novnc", NOVNC),
            ]
        )
        if claimed.is_there():
            app.add_routes([web.static("/web", claimed.PAGE)])
        return app

    # The way in.

    async def index(self, request: web.Request) -> web.StreamResponse:
        token = request.query.get("token")
        if token is not None:
            person = self.shop.people.by_token(token) if guard.is_near(request) else None
            if person is None:
                return guard.refuse(403, say("token"))
            response = web.Response(text=GO_ON, content_type="text/html")
            guard.let_in(response, person)
            return response
        if request["person"]:
            return web.FileResponse(PAGE / "index.html")
        if self.shop.people.code:
            return web.FileResponse(PAGE / "join.html")
        return web.FileResponse(PAGE / "closed.html", status=403)

    async def join(self, request: web.Request) -> web.Response:
        given = await body(request)
        code, name = (
            word[:40] if isinstance(word := given.get(key), str) else "" for key in ("code", "name")
        )
        person = await self.shop.people.join(request.remote or "", code, name)
        self.shop.join(person)
        response = web.json_response({"name": person.name})
        guard.let_in(response, person)
        return response

    async def qr(self, request: web.Request) -> web.Response:
        import io

        import segno

        out = io.BytesIO()
        segno.make(self.class_url or "http://127.0.0.1").save(out, kind="svg", scale=8, border=2)
        return web.Response(body=out.getvalue(), content_type="image/svg+xml")

    # News and wishes.

    async def events(self, request: web.Request) -> web.StreamResponse:
        person: Person = request["person"]
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        page = self.shop.hub.open(person)
        try:
            page.put(json.dumps(self.shop.whole(person), ensure_ascii=False))
            silent = 0
            while request.transport is not None:  # the page has not gone
                try:
                    news = await asyncio.wait_for(page.news.get(), LOOK_S)
                except asyncio.TimeoutError:
                    silent += 1
                    if silent % (ALIVE_S // LOOK_S) == 0:
                        await response.write(b": alive\n\n")
                    continue
                if news is None:
                    break
                await response.write(f"data: {news}\n\n".encode())
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.shop.hub.close(page)
        return response

    async def do(self, request: web.Request) -> web.Response:
        return web.json_response(
            await verbs.obey(self.shop, request["person"], await body(request))
        )

    async def get_shelf(self, request: web.Request) -> web.Response:
        return web.json_response(self.shelf)

    # One phone's own.

    def _own_phone(self, request: web.Request) -> LivePhone:
        """One that this person may touch, and that this computer runs."""
        phone = self.shop.phone_of(request.match_info["name"], request["person"])
        if phone.in_browser:
            raise Refusal("in-browser", phone=phone.name)
        return phone

    async def screen(self, request: web.Request) -> web.StreamResponse:
        person: Person = request["person"]
        phone = self._own_phone(request)
        limit = SCREENS_MAX_LEADER if person.leads else SCREENS_MAX
        if self.screens.get(person.id, 0) >= limit:
            return guard.refuse(429, say("too-many-screens"))
        self.screens[person.id] = self.screens.get(person.id, 0) + 1
        try:
            return await screen.serve(request, phone)
        finally:
            self.screens[person.id] -= 1

    async def picture(self, request: web.Request) -> web.Response:
        phone = self.shop.phone_of(request.match_info["name"], request["person"])
        if not phone.in_browser or phone.picture is None:
            raise Refusal("no-picture", 404)
        return web.Response(body=phone.picture, content_type="image/png")

    async def take_picture(self, request: web.Request) -> web.Response:
        person: Person = request["person"]
        phone = claimed.own(self.shop.phone_of(request.match_info["name"], person), person)
        if request.content_type != "image/png" or not 0 < (request.content_length or 0) <= (
            picture.BYTES_MAX
        ):
            raise Refusal("bad-picture", 413)
        phone.show(await request.read())
        return web.json_response({})

    async def upload(self, request: web.Request) -> web.Response:
        person: Person = request["person"]
        phone = self._own_phone(request)
        if self.shop.frozen and not person.leads:
            raise Forbidden(FROZEN)
        name = typed.file_name(request.match_info["file"])
        folder = acts.uploads(phone)
        there = [file.stat().st_size for file in folder.iterdir()]
        room = min(UPLOAD_BYTES_MAX, UPLOADS_BYTES_MAX - sum(there))
        if len(there) >= FILES_MAX or (request.content_length or 0) > room:
            return guard.refuse(413, TOO_LARGE)
        if not await receive(request, folder / name, room):
            return guard.refuse(413, TOO_LARGE)
        phone.say("note", say("was-uploaded", file=name))
        return web.json_response({"file": name})


async def receive(request: web.Request, file: Path, room: int) -> bool:
    """Whole, or not at all; False: it is larger than what there is room for."""
    part = file.with_name(f".{os.urandom(6).hex()}.part")
    try:
        with open(part, "wb") as out:
            async for piece in request.content.iter_chunked(1 << 16):
                room -= len(piece)
                if room < 0:
                    return False
                out.write(piece)
        os.replace(part, file)
        return True
    finally:
        part.unlink(missing_ok=True)


async def body(request: web.Request) -> dict:
    if request.content_type != "application/json":
        raise Refusal("not-json")
    try:
        given = outside.json_of(await request.read())
        json.dumps(given, ensure_ascii=False).encode()  # half a character would stop every page
    except (ValueError, RecursionError):
        raise Refusal("bad-json") from None
    if not isinstance(given, dict):
        raise Refusal("bad-json")
    return given


@web.middleware
async def errors(request: web.Request, handler: guard.Handler) -> web.StreamResponse:
    """What is wrong, in words, whatever it is; never a trace of our own code."""
    try:
        return await handler(request)
    except LabError as error:
        return guard.refuse(getattr(error, "status", 400), sides(error))
    except web.HTTPException as error:
        return guard.refuse(error.status, say("http", reason=error.reason))
    except web.RequestPayloadError:
        return guard.refuse(400, say("bad-body"))
    except ConnectionError:
        raise
    except OSError as error:
        return guard.refuse(507, say("http", reason=error.strerror or "OSError"))


# A navigation of our own page: a Strict cookie comes along, from wherever the link was opened.
GO_ON = (
    "<!doctype html><meta charset=utf-8><title>Flashlab</title>"
    "<link rel=icon href=/static/icon.svg><meta http-equiv=refresh content='0;url=/'>"
)
