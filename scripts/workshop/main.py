# SPDX-License-Identifier: MIT
"""Starts the server, says where it is, and ends it in order."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import os
import resource
import signal
import socket
import sys
import webbrowser
from pathlib import Path

from aiohttp import web

from lab import catalog, paths
from lab.errors import LabError
from lab.options import whole

from . import app, fleet, people, workshop

PORT = 8018
NOWHERE = "0.0.0.0"  # what nobody can be sent to: also what LAN=0 is resolved to
PORTS_TRIED = 20
END_S = 3.0
WAYS_OUT = {
    errno.EADDRINUSE: "is a workshop running already? Without --port the next free one is taken",
    errno.EADDRNOTAVAIL: "that is no address of this computer: LAN=1 finds one",
    errno.EACCES: "take a port above 1023",
}
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EPILOG = """examples:
  make workshop              on this computer alone
  make workshop LAN=1        a class: students join over the local network, with a code
  make workshop LAN=192.168.1.5      the same, on that address of this computer
"""


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="scripts/workshop",
        description="The workshop: a page with live phones, for one leader and a class.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--lan", metavar="ADDRESS", help="a class over this address; 1: find it")
    made.add_argument(
        "--port", metavar="N", type=whole(0, 65535), help=f"default {PORT}, or the next free one"
    )
    made.add_argument(
        "--cap", metavar="N", type=whole(1, 1000), help="phones on at once (default: by memory)"
    )
    made.add_argument("--root", type=Path, default=fleet.ROOT, help=argparse.SUPPRESS)
    made.add_argument("--hurry", action="store_true", help=argparse.SUPPRESS)
    made.add_argument("--no-browser", action="store_true", help="do not open one")
    made.add_argument("--empty", action="store_true", help="no phones on the bench at the start")
    return made


def lan_address(wanted: str) -> str:
    """The address under which others on the network find this computer."""
    if wanted != "1":
        try:
            found = socket.gethostbyname(wanted)
        except (OSError, UnicodeError):
            found = NOWHERE
        if found == NOWHERE:
            raise LabError(f"{wanted} is no address of this computer: LAN=1 finds one", code=2)
        return found
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))  # sends nothing; a test network's address
            return sock.getsockname()[0]
        except OSError:
            raise LabError("this computer is in no network; say which: LAN=192.168.1.5") from None


def sockets(addresses: list[str], port: int | None) -> tuple[int, list[socket.socket]]:
    """The same port at each address."""
    tried = [port] if port is not None else [*range(PORT, PORT + PORTS_TRIED), 0]
    for number in tried:
        opened: list[socket.socket] = []
        try:
            for address in addresses:
                free = opened[0].getsockname()[1] if opened else number
                opened.append(socket.create_server((address, free), backlog=128))
            return opened[0].getsockname()[1], opened
        except OSError as error:
            reason = error
            for sock in opened:
                sock.close()
    wrong = f"{address}:{tried[0]}: {os.strerror(reason.errno)}"
    raise LabError("; ".join([wrong, *filter(None, [WAYS_OUT.get(reason.errno)])]))


def announce(shop: workshop.Workshop, port: int, class_url: str, browser: bool) -> None:
    url = f"http://127.0.0.1:{port}/?token={shop.people.token}"
    print(f"workshop: {url}", flush=True)
    if class_url:
        import segno

        print(f"class: {class_url.split('?')[0]}   code: {shop.people.code}", flush=True)
        if sys.stdout.isatty():
            segno.make(class_url).terminal(compact=True)
    elif sys.stdout.isatty():
        import segno

        segno.make(url).terminal(compact=True)
    say(f"room for {shop.fleet.cap} phones; Ctrl-C ends it")
    if browser and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(url)


async def serve(args: argparse.Namespace) -> None:
    addresses = ["127.0.0.1"]
    if args.lan:
        addresses.append(lan_address(args.lan))
    port, listening = sockets(list(dict.fromkeys(addresses)), args.port)
    hosts = {f"{name}:{port}" for name in (*addresses, "localhost")}
    end = asyncio.Event()
    for number in ENDING:
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    with fleet.Fleet(args.root, cap=args.cap) as phones:
        phones.hurry = args.hurry
        shop = workshop.Workshop(phones, people.People(bool(args.lan)))
        class_url = f"http://{addresses[-1]}:{port}/?join={shop.people.code}" if args.lan else ""
        runner = web.AppRunner(app.App(shop, class_url).web(hosts), access_log=None)
        await runner.setup()
        for sock in listening:
            await web.SockSite(runner, sock).start()
        announce(shop, port, class_url, not args.no_browser)
        for facts in () if args.empty else workshop.BENCH:
            shop.add_phone(facts)
        await end.wait()
        say("\nswitching the phones off")
        await shop.close()
        with contextlib.suppress(asyncio.TimeoutError):  # a page that does not let go
            await asyncio.wait_for(runner.cleanup(), END_S)


def more_files() -> None:
    """A class of twenty has some hundred sockets open."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main(argv: list[str]) -> int:
    args = parser().parse_args(argv)
    try:
        paths.need(paths.BOARDC, paths.ROMC, paths.FIRMWARE, paths.ROOT_KEY, app.NOVNC)
        catalog.check("model", workshop.FACTS["model"])
        more_files()
        asyncio.run(serve(args))
    except LabError as error:
        say(f"workshop: {error}")
        return error.code
    except OSError as error:
        say(f"workshop: {error}")
        return 1
    return 0
