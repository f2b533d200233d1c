# SPDX-License-Identifier: MIT
"""What must not be possible in the workshop: each test is an attack, and what becomes of it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import time

import pytest
from conftest import HANG_S
from workshop_server import Caller, Server, marked, until

JSON = "application/json"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A class with two students, ANN and BEN, on this computer's own address."""
    root = tmp_path_factory.mktemp("workshop") / "root"
    with Server(root, "--lan", "127.0.0.1") as running:
        yield running


@pytest.fixture(scope="module")
def leader(server):
    caller = server.leader()
    caller.ready("bao")
    return caller


@pytest.fixture(scope="module")
def students(server):
    pair = Caller(server), Caller(server)
    for caller, name in zip(pair, ("Ann", "Ben")):
        assert caller.join(server.code, name)[0] == 200
        caller.name = caller.state()["you"]["phone"]
        caller.ready(caller.name)
    return pair


# Who comes in.


CLOSED = ["/events", "/shelf", "/qr.svg", "/phones/anna/screen", "/phones/anna/upload/x.img"]


@pytest.mark.parametrize("path", CLOSED)
def test_without_a_cookie_nothing_opens(server, path):
    for cookie in ("", "flashlab=guess", "flashlab="):
        caller = Caller(server)
        caller.cookie = cookie
        method = "POST" if "upload" in path else "GET"
        status, said = caller.call(method, path, b"x" if method == "POST" else None)
        assert status == 403, said
    assert Caller(server).do("power", phone="anna", what="on")[0] == 403


def test_a_wrong_token_opens_nothing(server):
    for token in ("", "x", server.token[:-1], server.token + "x", server.token.swapcase()):
        caller = Caller(server)
        assert caller.get(f"/?token={token}")[0] == 403
        assert caller.cookie == ""


def test_the_cookie_is_out_of_reach_of_scripts_and_other_pages(server, leader):
    caller = Caller(server)
    caller.get(f"/?token={server.token}")
    words = [word.strip() for word in caller.headers["Set-Cookie"].split(";")]
    assert "HttpOnly" in words and "SameSite=Strict" in words
    assert server.token not in caller.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1:{port}.evil.example",
        "[::1]:{port}",
    ],
)
def test_a_foreign_host_is_refused(server, leader, host):
    """DNS rebinding: the browser sends the cookie of a name that was turned to this address."""
    status, said = leader.get("/shelf", Host=host.format(port=server.port))
    assert status == 421, said


ORIGINS = [None, "null", "http://evil.example", "https://{host}", "http://127.0.0.1:1"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_foreign_origin_changes_nothing(server, leader, origin):
    body = json.dumps({"verb": "power", "phone": "anna", "what": "on"}).encode()
    origin = origin and origin.format(host=server.host)
    assert leader.call("POST", "/do", body, Content_Type=JSON, Origin=origin)[0] == 403
    assert leader.phone("anna")["label"]["state"] == "off"


def test_a_foreign_origin_gets_no_screen(server, leader):
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "x" * 22 + "==",
    }
    for origin in (None, "http://evil.example"):
        assert leader.get("/phones/anna/screen", Origin=origin, **upgrade)[0] == 403


def test_a_form_of_another_page_is_no_json(leader):
    body = b'{"verb": "power", "phone": "anna", "what": "on"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        assert leader.call("POST", "/do", body, Content_Type=kind)[0] == 400


def test_a_wrong_code_is_slowed_down(server):
    """Each takes longer than the one before, and no more than a few are thought about at once."""
    caller = Caller(server)
    took = []
    for code in ("AAAAAA", "BBBBBB"):
        begun = time.monotonic()
        assert caller.join(code, "Eve")[0] == 403
        took.append(time.monotonic() - begun)
    assert took[0] >= 0.5 and took[1] >= 1.0
    assert caller.cookie == ""


# One student, and another's phone; the leader's verbs.


def test_another_students_phone_is_not_there(students):
    ann, ben = students
    assert ben.name not in ann.state()["phones"]
    for request in (
        {"verb": "power", "what": "on"},
        {"verb": "press", "keys": "power"},
        {"verb": "flash", "rom": "global"},
        {"verb": "command", "line": "help"},
        {"verb": "cable", "out": True},
        {"verb": "stop"},
        {"verb": "factory"},
    ):
        verb = request.pop("verb")
        status, said = ann.do(verb, phone=ben.name, **request)
        nobodys = ann.do(verb, phone="nobody", **request)
        assert status == 403 and (status, said) == nobodys, verb
    assert ann.get(f"/phones/{ben.name}/screen")[0] == 403
    assert ann.call("POST", f"/phones/{ben.name}/upload/x.img", b"x")[0] == 403


def test_the_leaders_verbs_are_the_leaders(students, leader):
    ann, ben = students
    own = {"phone": ann.name}
    for verb, request in {
        "add": {},
        "remove": own,
        "freeze": {"on": True},
        "reset": {"which": "all"},
        "show_out": {"student": "x"},
    }.items():
        assert ann.do(verb, **request)[0] == 403, verb
    assert ann.state()["class"] is None
    assert leader.state()["class"]["frozen"] is False


def test_frozen_is_frozen(students, leader):
    ann, _ = students
    assert leader.do("freeze", on=True)[0] == 200
    try:
        assert ann.state()["frozen"] is True
        assert ann.do("power", phone=ann.name, what="on")[0] == 403
        assert ann.call("POST", f"/phones/{ann.name}/upload/x.img", b"x")[0] == 403
    finally:
        leader.do("freeze", on=False)
    assert ann.do("command", phone=ann.name, line="help")[0] == 200


def test_who_is_shown_out_is_out(server, leader):
    eve = Caller(server)
    assert eve.join(server.code, "Eve")[0] == 200
    phone = eve.state()["you"]["phone"]
    student = next(s for s in leader.state()["class"]["students"] if s["name"] == "Eve")
    assert leader.do("show_out", student=student["id"])[0] == 200
    until(lambda: eve.get("/shelf")[0] == 403, "the cookie opens nothing")
    leader.until(lambda: phone not in leader.state()["phones"], "the phone is gone")


# Files and words.


OUTSIDE = ["..%2f..%2fx.img", "%2e%2e", ".hidden", "a%00b", "x" * 65, "a%20b", "%2fetc%2fpasswd"]


@pytest.mark.parametrize("name", [*OUTSIDE, "-o.img"])
def test_an_upload_stays_in_its_folder(leader, name):
    status, said = leader.call("POST", f"/phones/bao/upload/{name}", b"x")
    assert status in (400, 404), said
    folder = next(leader.server.root.glob("*/phones/bao"))
    assert list((folder / "uploads").iterdir()) == []


@pytest.mark.parametrize("address, status", [("127.0.0.1", b"200"), ("127.0.0.2", b"403")])
def test_the_leader_s_cookie_is_worth_nothing_afar(leader, address, status):
    """Whoever took it: another address of this computer stands for another computer."""
    where = ("127.0.0.1", leader.server.port)
    with socket.create_connection(where, timeout=30, source_address=(address, 0)) as sock:
        head = f"GET /shelf HTTP/1.1\r\nHost: {leader.server.host}\r\nCookie: {leader.cookie}"
        sock.sendall(f"{head}\r\n\r\n".encode())
        assert sock.recv(4096).split()[1] == status


def test_a_large_upload_is_refused(leader):
    """
    By its announced size at once; one that announces none, when it has become too large: here when
    the phone has room for one MiB more (a file of holes takes none).
    """
    announced = {"Content_Length": str(300 << 20)}
    status, said = leader.call("POST", "/phones/bao/upload/a.img", None, **announced)
    assert status == 413, said
    folder = next(leader.server.root.glob("*/phones/bao/uploads"))
    with open(folder / "holes.img", "wb") as file:
        file.truncate((512 << 20) - (1 << 20))
    with socket.create_connection(("127.0.0.1", leader.server.port)) as sock:
        head = (
            f"POST /phones/bao/upload/b.img HTTP/1.1\r\nHost: {leader.server.host}\r\n"
            f"Origin: http://{leader.server.host}\r\nCookie: {leader.cookie}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n"
        )
        sock.sendall(head.encode())
        piece = b"%x\r\n%s\r\n" % (1 << 20, bytes(1 << 20))
        with contextlib.suppress(ConnectionError):
            for _ in range(3):
                sock.sendall(piece)
        sock.settimeout(30)
        with contextlib.suppress(ConnectionError):
            assert b" 413 " in sock.recv(4096).split(b"\r\n")[0] + b" "
    until(lambda: [file.name for file in folder.iterdir()] == ["holes.img"], "nothing stays behind")
    (folder / "holes.img").unlink()


def test_large_and_broken_requests(leader):
    assert leader.call("POST", "/do", b"x" * 100_000, Content_Type=JSON)[0] in (400, 413)
    for body in (
        b"{",
        b"[]",
        b"null",
        b'{"verb": []}',
        b'{"verb": "power", "phone": {}}',
        b'{"verb": "power", "phone": "anna", "what": ["on"]}',
        b"[" * 60_000,
        b'{"verb":' * 8_000,
        b'{"verb": "\xff"}',
        b'{"verb": "press", "phone": "bao", "keys": "\\ud800"}',
    ):
        assert leader.call("POST", "/do", body, Content_Type=JSON)[0] in (400, 403), body
    for odd in ({"Content_Type": f"{JSON}; charset=klingon"}, {"Content_Encoding": "gzip"}):
        headers = {"Content_Type": JSON, **odd}
        assert leader.call("POST", "/do", b'{"verb": "x"}', **headers)[0] == 400, odd
    for name in (None, 7, True):
        body = json.dumps({"code": leader.server.code, "name": name}).encode()
        assert leader.call("POST", "/join", body, Content_Type=JSON)[0] == 400, name
    negative = b"POST /do HTTP/1.1\r\nContent-Length: -1"
    for line in (b"BREW / HTTP/1.1", b"GET /\x1b[31m HTTP/1.1", negative):
        with socket.create_connection(("127.0.0.1", leader.server.port), HANG_S) as sock:
            sock.sendall(line + b"\r\n\r\n")
            assert b" 400 " in sock.recv(100)
    assert "Traceback" not in leader.server.said()


@pytest.mark.parametrize(
    "path",
    [
        "/static/../main.py",
        "/static/%2e%2e/main.py",
        "/static/..%2f..%2flab%2fpaths.py",
        "/shared/../../../Makefile",
        "/novnc//etc/passwd",
        "/static/",
    ],
)
def test_only_the_pages_own_files_are_served(leader, path):
    assert leader.get(path)[0] in (403, 404)


@pytest.mark.parametrize(
    "line",
    [
        "fastboot flash boot /etc/passwd",
        "fastboot flash boot ../phone.json",
        "fastboot flash boot cn/../misc.txt",
        "fastboot flash boot ../cn/boot.img",
        "fastboot -s tcp:127.0.0.1:1 getvar all",
        "fastboot flash boot --slot",
        "fastboot get_staged /tmp/x",
        "fastboot flashall",
        "adb push /etc/passwd /x",
        "adb connect 127.0.0.1:1",
        "adb sideload /etc/passwd",
        "adb -P 5037 devices",
    ],
)
def test_a_command_reaches_no_other_file(leader, line):
    status, said = leader.do("command", phone="bao", line=line)
    if status == 200:  # it was one of the box's verbs, and what it said is an error
        output = until(
            lambda: (o := leader.phone("bao"))["label"]["busy"] is None and o["output"], "an answer"
        )
        assert output[-1]["type"] == "error", output
    assert [line for line in leader.phone("bao")["output"] if line["type"] == "typed"] == []


SHELL = ["sh -c id", "help; id", "$(id)", "`id`", "help && id", "cat /x", "'", "", "x" * 500]


@pytest.mark.parametrize("line", SHELL)
def test_no_line_reaches_a_shell(leader, line):
    status, said = leader.do("command", phone="bao", line=line)
    output = "\n".join(entry["text"] for entry in leader.phone("bao")["output"])
    assert status == 400 or "uid=" not in output


# Too many, too slow, and gone.


def test_two_hundred_connections(server, leader):
    """Idle ones, and half a request each: the server still answers, and lets go of them."""
    idle = []
    try:
        for number in range(200):
            sock = socket.create_connection(("127.0.0.1", server.port))
            if number % 2:
                sock.sendall(b"POST /do HTTP/1.1\r\nHost: ")
            idle.append(sock)
        assert leader.get("/shelf")[0] == 200
        assert Caller(server).get("/shelf")[0] == 403
    finally:
        for sock in idle:
            sock.close()
    assert leader.get("/shelf")[0] == 200


def test_one_who_does_not_read_holds_up_nobody(server, leader):
    """Many pages that never read their news; the phone's trace still comes to the one who does."""
    request = f"GET /events HTTP/1.1\r\nHost: {server.host}\r\nCookie: {leader.cookie}\r\n\r\n"
    slow = []
    try:
        for _ in range(30):
            sock = socket.create_connection(("127.0.0.1", server.port))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.sendall(request.encode())
            slow.append(sock)
        assert leader.do("power", phone="bao", what="on", hold="fastboot")[0] == 200
        leader.verdict("bao", "fastboot keys")
        assert leader.do("power", phone="bao", what="off")[0] == 200
        leader.ready("bao")
    finally:
        for sock in slow:
            sock.close()


def test_the_screens_bridge_lets_no_keys_through():
    """The filter alone: what a viewer asks for passes, keys and clipboard do not, in any pieces."""
    import sys

    from conftest import ROOT

    sys.path.insert(0, str(ROOT / "scripts"))
    from workshop.screen import Filter

    handshake = b"RFB 003.008\n\x01\x01"
    formats = bytes([0]) + bytes(19)
    encodings = struct.pack(">BBH2i", 2, 0, 2, 7, -239)
    update = struct.pack(">BBHHHH", 3, 1, 0, 0, 720, 1496)
    key = struct.pack(">BBHI", 4, 1, 0, 0xFF0D)
    pointer = struct.pack(">BBHH", 5, 1, 3, 4)
    cut = struct.pack(">BBHI", 6, 0, 0, 5) + b"hello"
    extended = struct.pack(">BBHi", 6, 0, 0, -4) + bytes(4)
    qemu_key = struct.pack(">BBHII", 255, 0, 1, 0xFF0D, 28)
    keys = key + pointer + cut + extended + qemu_key
    sent = handshake + formats + key + encodings + keys + update
    for step in (1, 3, 7, len(sent)):
        only = Filter()
        passed = b"".join(only.take(sent[at : at + step]) for at in range(0, len(sent), step))
        assert passed == handshake + formats + encodings + update
    for wrong in (b"\xfe", struct.pack(">BBH", 2, 0, 9999), struct.pack(">BBHI", 6, 0, 0, 1 << 30)):
        with pytest.raises(ValueError):
            Filter().take(handshake + wrong)


def test_killed_it_leaves_nothing_behind(build, tmp_path):
    """kill -9 in the middle of a flash: the phones die with it, and the next start sweeps up."""
    with Server(tmp_path / "root", "--empty") as first:
        leader = first.leader()
        name = leader.do("add")[1]["phone"]
        leader.ready(name)
        assert leader.do("flash", phone=name, rom="global")[0] == 200
        leader.until(lambda: leader.phone(name)["label"]["progress"], "it flashes")
        first.kill()
        until(lambda: not any(_is_qemu(pid) for pid in marked(tmp_path)), "no phone runs")
        assert list((tmp_path / "root").iterdir()) != []
        with Server(tmp_path / "root", "--empty"):
            assert len(list((tmp_path / "root").iterdir())) == 1
            own = [pid for pid in marked(tmp_path) if _is_qemu(pid) or b"fastboot" in _words(pid)]
            assert own == []


def _words(pid: str) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def _is_qemu(pid: str) -> bool:
    return os.path.basename(_words(pid).split(b"\0")[0]).startswith(b"qemu-system")
