# SPDX-License-Identifier: MIT
"""
The account service, and `phone fastboot`: with a phone that only says hello and a client that
only writes down. test_unlock.py does the same with real ones.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shlex
import socket
import threading
import time
from pathlib import Path

import pytest
from conftest import last_line, phone
from lab import account, paths, store
from lab.errors import LabError

SERIAL = "acc00001"
NONCE = bytes(range(16))
CLIENT = """#!/bin/sh
printf '%s\\n' "$*" >>"$FAKE_LOG"
case $* in
    *get_token) cat "$FAKE_TOKEN" >&2 ;;
    *refuse*) exit 7 ;;
esac
"""


def token(product: bytes = b"dipper", chip_id: bytes = SERIAL.encode()) -> str:
    records = b"".join(
        bytes([kind, len(value)]) + value
        for kind, value in ((1, NONCE), (3, product), (2, chip_id))
    )
    return base64.b64encode(b"U\1\1" + bytes([len(records)]) + records).decode()


class Greeter:
    """A phone's fastboot port: `greets` says whether anybody is behind it."""

    def __init__(self, greets: bool) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._greets = greets
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            if self._greets and client.recv(4) == b"FB01":
                client.sendall(b"FB01")

    def close(self) -> None:
        for sock in (self._listener, *self._open):
            sock.close()


class Lab:
    """A build folder of its own with the phone `mine`, and a client in its PATH."""

    def __init__(self, folder: Path, model: str = "dipper") -> None:
        self.phone = folder / "build" / "phones" / "mine"
        self.phone.mkdir(parents=True)
        self.set_model(model)
        for part in ("rom-images", "keys"):
            (folder / "build" / part).symlink_to(paths.BUILD / part)
        (folder / "fastboot").write_text(CLIENT)
        (folder / "fastboot").chmod(0o755)
        self.log = folder / "log"
        self.log.write_text("")
        self.said = folder / "token"
        self.said.write_text(f"{' ' * 51}(bootloader) token: {token()}\nOKAY [  0.001s]\n")
        self.env = {
            "PATH": f"{folder}:{os.environ['PATH']}",
            "FAKE_LOG": str(self.log),
            "FAKE_TOKEN": str(self.said),
            "FLASHLAB_BUILD": str(folder / "build"),
        }
        self._running: list = []

    def set_model(self, model: str) -> None:
        facts = {"model": model, "region": "cn", "rom": "cn", "lock": "locked", "serial": SERIAL}
        (self.phone / "phone.json").write_text(json.dumps(facts))

    def __call__(self, *words: str):
        return phone(*words, env=self.env)

    def power_on(self, greets: bool = True) -> int:
        greeter = Greeter(greets)
        self._running = [store.Held(self.phone), greeter]
        (self.phone / "ports.json").write_text(json.dumps({"lab.fastboot": greeter.port}))
        return greeter.port

    def power_off(self) -> None:
        if self._running:
            held, greeter = self._running
            held.__exit__()
            greeter.close()
        self._running = []

    def asked(self) -> list[list[str]]:
        return [shlex.split(line) for line in self.log.read_text().splitlines()]


@pytest.fixture
def lab(tmp_path, build):
    made = Lab(tmp_path)
    yield made
    made.power_off()


def wrote_nothing(lab: Lab) -> bool:
    return not (lab.phone / "unlock.bin").exists()


def test_the_whole_way(lab):
    assert last_line(lab("account", "status", "mine")) == "mine: bound to no account"
    done = lab("account", "bind", "mine")
    assert done.stdout == "mine: bound to account workshop; 360 of 360 hours to wait\n"
    refused = lab("account", "unlock", "mine")
    assert refused.returncode == 1 and wrote_nothing(lab)
    assert refused.stderr.splitlines() == [
        "phone: Couldn't unlock",
        "After 360 hours of trying to unlock the device",
    ]
    done = lab("account", "wait", "mine", "359h")
    assert "; 1 of 360 hours to wait (the clock was moved 359 hours ahead)" in done.stdout
    assert "After 1 hours" in lab("account", "unlock", "mine").stderr and wrote_nothing(lab)
    assert "it may be unlocked now" in lab("account", "wait", "mine", "1h").stdout
    port = lab.power_on()
    done = lab("account", "unlock", "mine", "--apply")
    assert (done.returncode, done.stderr) == (0, "")
    answer = lab.phone / "unlock.bin"
    assert lab.asked() == [
        ["-s", f"tcp:127.0.0.1:{port}", *words]
        for words in (["oem", "get_token"], ["stage", str(answer)], ["oem", "unlock"])
    ]
    key = (paths.KEYS / "oem.avbpubkey").read_bytes()
    signed = answer.read_bytes()
    assert signed[:8] == b"FLUNLOCK" and signed[8:-512] == key
    numbers = int.from_bytes(signed[-512:], "big"), int.from_bytes(key[8:520], "big")
    assert opened(*numbers) == expected_digest(token())


def opened(signature: int, modulus: int) -> bytes:
    """RFC 8017, 9.2: what the signature says the SHA-256 is."""
    block = pow(signature, 65537, modulus).to_bytes(512, "big")
    head = bytes.fromhex("3031300d060960864801650304020105000420")
    assert block[:-32] == b"\0\1" + b"\xff" * (512 - 3 - len(head) - 32) + b"\0" + head
    return block[-32:]


def expected_digest(text: str) -> bytes:
    return hashlib.sha256(b"FLASHLAB-UNLOCK-1\0" + base64.b64decode(text)).digest()


@pytest.mark.parametrize(
    ("model", "words", "hours"),
    (
        ("dipper", (), 360),
        ("vince", (), 72),
        ("sagit", (), 72),
        ("dipper", ("--hours", "1440"), 1440),
        ("dipper", ("--hours", "0"), 0),
    ),
)
def test_waiting_times(lab, model, words, hours):
    lab.set_model(model)
    done = lab("account", "bind", "mine", *words)
    assert f"{hours} of {hours} hours" in done.stdout or hours == 0
    assert ("may be unlocked now" in done.stdout) is (hours == 0)
    done = lab("account", "wait", "mine", f"{hours // 24}d" if hours else "1h")
    assert "may be unlocked now" in done.stdout


@pytest.mark.parametrize(
    ("model", "said"),
    (
        ("hermes", "never locked"),
        ("jasmine_sprout", "flashing unlock"),
        ("nosuch", "there is no MODEL"),
    ),
)
def test_phones_that_need_no_account(lab, model, said):
    lab.set_model(model)
    done = lab("account", "bind", "mine")
    assert done.returncode != 0 and said in done.stderr
    assert not (lab.phone / "account.json").exists()


def test_real_time_counts_too(lab):
    binding = account.Binding("a", SERIAL, time.time() - 71 * 3600 - 1800, 72, 0.0)
    assert binding.hours_left() == 1
    assert binding._replace(bound_at_s=time.time() - 72 * 3600).hours_left() == 0
    assert binding._replace(bound_at_s=time.time() + 3600).hours_left() == 73


def test_binding_again_begins_again(lab):
    lab("account", "bind", "mine")
    lab("account", "wait", "mine", "400h")
    done = lab("account", "bind", "mine", "--account", "other@shop")
    assert "bound to account other@shop; 360 of 360 hours to wait" in done.stdout


def test_unbound_phones_are_not_unlocked(lab):
    for words in (
        ("unlock", "mine"),
        ("unlock", "mine", "--token", token()),
        ("wait", "mine", "1h"),
    ):
        done = lab("account", *words)
        assert done.returncode == 1 and "no account is bound to it" in done.stderr
    assert wrote_nothing(lab) and lab.asked() == []


@pytest.mark.parametrize(
    ("given", "said"),
    (
        (token(b"whyred"), "of another phone: whyred"),
        (token(b"dipper_x"), "of another phone: dipper_x"),
        (token(b"dip"), "of another phone: dip "),
        (token(chip_id=b"acc00002"), "of another phone: dipper acc00002"),
        (token(chip_id=b"acc000012"), "of another phone: dipper acc000012"),
        (token(chip_id=b"acc0000"), "of another phone: dipper acc0000"),
        (token()[:-4], "no unlock token"),
        ("A" * 100000, "no unlock token"),
        ("../../etc/passwd", "no unlock token"),
    ),
)
def test_tokens_that_are_not_answered(lab, given, said):
    lab("account", "bind", "mine", "--hours", "0")
    done = lab("account", "unlock", "mine", "--token", given)
    assert done.returncode != 0 and said in done.stderr and wrote_nothing(lab)


def test_the_binding_says_for_which_phone(lab):
    """Another phone's facts in the folder: the account knows the one that was bound."""
    lab("account", "bind", "mine", "--hours", "0")
    facts = json.loads((lab.phone / "phone.json").read_text())
    (lab.phone / "phone.json").write_text(json.dumps({**facts, "serial": "acc00002"}))
    done = lab("account", "unlock", "mine", "--token", token(chip_id=b"acc00002"))
    assert done.returncode != 0 and "of another phone: dipper acc00002" in done.stderr
    assert wrote_nothing(lab)
    assert lab("account", "unlock", "mine", "--token", token()).returncode == 0


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN"])
def test_a_record_of_no_time(lab, number):
    lab("account", "bind", "mine")
    file = lab.phone / "account.json"
    facts = json.loads(file.read_text())
    file.write_text(json.dumps({**facts, "bound_at_s": 0}).replace(": 0,", f": {number},", 1))
    done = lab("account", "unlock", "mine", "--token", token())
    assert done.returncode == 1 and "account.json cannot be read" in done.stderr
    assert wrote_nothing(lab)


def test_a_token_in_pieces(lab):
    lines = [token()[i : i + 20] for i in range(0, len(token()), 20)]
    lab.said.write_text("".join(f"(bootloader) {line}\r\n" for line in lines) + "OKAY [ 0.001s]\n")
    lab("account", "bind", "mine", "--hours", "0")
    lab.power_on()
    done = lab("account", "unlock", "mine", "-o", str(lab.log.with_name("answer")))
    assert (done.returncode, done.stderr) == (0, "")
    assert lab.log.with_name("answer").read_bytes() == (lab.phone / "unlock.bin").read_bytes()
    assert "oem unlock" in last_line(done)
    lab.said.write_text("(bootloader) nothing for you\nOKAY\n")
    assert "gave no token" in lab("account", "unlock", "mine").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    (
        (("bind", "mine", "--hours", "1441"), "0 to 1440 hours"),
        (("bind", "mine", "--hours", "-1"), "--hours"),
        (("bind", "mine", "--account", "a b"), "cannot be an account's name"),
        (("wait", "mine", "0h"), "hours such as 360h"),
        (("wait", "mine", "-5h"), "HOURS"),
        (("wait", "mine", "99999999h"), "hours such as 360h"),
        (("bind", "other"), "there is no phone 'other'"),
    ),
)
def test_what_a_person_may_mistype(lab, words, said):
    done = lab("account", *words)
    assert done.returncode == 2 and said in done.stderr
    assert not (lab.phone / "account.json").exists()


@pytest.mark.parametrize("text", ("", "{", "[]", '{"account": 1}', "null"))
def test_a_damaged_record(lab, text):
    (lab.phone / "account.json").write_text(text)
    done = lab("account", "status", "mine")
    assert done.returncode == 1 and "account.json cannot be read" in done.stderr


def verdict_line(fate: str) -> str:
    event = {"t_us": 1, "stage": "flow", "event": "verdict", "fate": fate, "reason": "x"}
    return json.dumps(event) + "\n"


def test_a_brick_cannot_be_bound(lab):
    (lab.phone / "trace.jsonl").write_text(verdict_line("brick"))
    done = lab("account", "bind", "mine")
    assert done.returncode == 1 and "this phone's last run ended elsewhere: brick x" in done.stderr
    home = json.dumps({"t_us": 2, "stage": "rom", "event": "home", "rom": "cn"}) + "\n"
    (lab.phone / "trace.jsonl").write_text(verdict_line("boot") + home)
    assert lab("account", "bind", "mine").returncode == 0


def test_the_client_gets_the_phones_address(lab):
    port = lab.power_on()
    done = lab("fastboot", "mine", "-v", "getvar", "all", "--slot", "a b")
    assert done.returncode == 0
    assert lab.log.read_text() == f"-s tcp:127.0.0.1:{port} -v getvar all --slot a b\n"
    assert lab("fastboot", "mine", "refuse").returncode == 7


def test_phones_that_are_not_in_fastboot_mode(lab):
    done = lab("fastboot", "mine", "getvar", "product")
    assert done.returncode == 1 and "mine is off" in done.stderr
    lab.power_on(greets=False)
    begun = time.monotonic()
    done = lab("fastboot", "mine", "getvar", "product")
    assert done.returncode == 1 and "not in fastboot mode" in done.stderr
    assert time.monotonic() - begun < 10
    (lab.phone / "ports.json").unlink()
    assert "without a fastboot port" in lab("fastboot", "mine", "getvar", "product").stderr
    assert lab.asked() == []


def test_without_a_client(lab):
    lab.power_on()
    (lab.log.with_name("fastboot")).unlink()
    done = phone("fastboot", "mine", "devices", env={**lab.env, "PATH": str(lab.log.parent)})
    assert done.returncode == 2 and "Debian package fastboot" in done.stderr


def test_a_clock_without_a_binding(lab):
    assert account.load(lab.phone) is None
    with pytest.raises(LabError):
        account.move_clock(lab.phone, 1)
