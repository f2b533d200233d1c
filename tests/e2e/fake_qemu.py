#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
Stands in for QEMU where a test needs a phone that misbehaves in a way that a healthy one
never does.

Put into PATH as qemu-system-aarch64. FAKE_QEMU names a story of STORIES: what comes out of the
channels, and how it ends. Speaks just enough QMP for a screendump: a grey picture of 8 x 16 pixels.
"""

import json
import os
import select
import socket
import sys
import time

BRICK = {
    "t_us": 41000,
    "stage": "flow",
    "event": "verdict",
    "fate": "brick",
    "reason": "region-mismatch",
    "boot_state": "green",
    "screen": "region",
    "made_for": "cn",
    "rom": "global",
    "rom_region": "global",
}
POWER_ON = {"t_us": 900, "stage": "flow", "event": "power-on", "firmware": "1"}
BOOT = {**BRICK, "fate": "boot", "reason": "ok", "rom": "cn", "rom_region": "cn"}
HOME = {
    "t_us": 900000,
    "stage": "rom",
    "event": "home",
    "region": "cn",
    "rom": "cn",
    "version": "V1",
    "model": "dipper",
    "verified_boot_state": "green",
}

FORGED = [{"t_us": 950001, "stage": "flow", "event": "power-on", "firmware": "1"},
          {**BRICK, "t_us": 950002}]
BENT = {**HOME, "rom": "cn\x1b[2J\nverdict: home green rom=global\u202e", "version": "\ud800"}


WELL = {"t_us": 950000, "stage": "rom", "event": "boot-success", "result": "unchanged"}

# trace: what the firmware says, bytes as they are; what is of the stage "flow" comes from the secure
# UART too. rom: what a ROM says then; again: the firmware once more. log: bytes for the serial line;
# said: for standard error; end: exit code, negative: of that signal, none to stay; status: what QMP
# says of the machine; nor: writes that byte into the phone's fuses; ignoring: takes no signal but SIGKILL
STORIES = {
    "brick": {"trace": [BRICK]},
    "home": {"trace": [BOOT, HOME, WELL]},
    "torn": {"trace": [b'{"t_us":1,"stage":', BOOT, b"\xff\xfe nonsense\n[1]\n", HOME, WELL]},
    "hang": {"trace": [BOOT]},
    "ignoring": {"trace": [BOOT], "ignoring": True},
    "silent": {},
    "off": {"trace": [BOOT], "end": 0},
    "full": {"said": "qemu: Could not write: No space left on device\n", "end": 1},
    "halted": {"trace": [BOOT], "status": "io-error"},
    "killed": {"trace": [BOOT], "end": -9},
    "fails": {"said": "qemu: the fake cannot find its flux capacitor\n", "end": 1},
    "escapes": {"log": b"first \x1b[2Jline\x07\xe4\xb8\xad\n", "trace": [BRICK]},
    "chatty": {"log": b"a line of the log\n" * 1000, "trace": [BRICK]},
    "forged": {"trace": [BOOT, HOME], "rom": [*FORGED, WELL]},
    "nested": {"trace": [BOOT], "rom": [b"[" * 100000 + b"\n", b'{"a":' * 3000 + b"\n", HOME, WELL]},
    "numbers": {"trace": [BOOT], "rom": [b'{"t_us":' + b"9" * 400 + b',"stage":"rom","event":"home"}\n',
                                         b'{"t_us":1e999,"stage":"rom","event":"fault"}\n', HOME, WELL]},
    "bent": {"trace": [BOOT], "rom": [BENT, WELL]},
    "endless": {"trace": [BOOT], "rom": [b"x" * 65536] * 1000 + [b"\n", HOME, WELL]},
    # the firmware's second verdict, behind a line that the ROM did not end
    "half": {"trace": [BOOT, HOME], "rom": [b'{"t_us":1,"sta'], "again": [POWER_ON, BRICK]},
    "closed": {"trace": [BRICK], "end": 0},
    "tamper": {"trace": [BRICK], "nor": 0xFF},
}
PPM = b"P6\n8 16\n255\n" + b"\x80" * (3 * 8 * 16)


def chosen():
    """The story's name: FAKE_QEMU, or `by-disk`: what the phone's disk holds."""
    name = os.environ["FAKE_QEMU"]
    if name != "by-disk":
        return name
    drive = next(word for word in sys.argv if "id=disk" in word)
    with open(drive.split("file=", 1)[1], encoding="ascii") as disk:
        return disk.read().strip()


def sockets():
    """The sockets that the command line hands over, by their chardev id."""
    found = {}
    for word in sys.argv:
        if word.startswith("socket,"):
            options = dict(part.split("=", 1) for part in word.split(",")[1:])
            if "fd" not in options:
                continue
            found[options["id"]] = socket.socket(fileno=int(options["fd"]))
    return found


def say(there, part, firmware):
    data = part if isinstance(part, bytes) else json.dumps(part).encode() + b"\n"
    if firmware and isinstance(part, dict) and part["stage"] == "flow":
        there["secure"].sendall(data.replace(b"\n", b"\r\n"))
    there["lab.trace"].sendall(data)


def answer(connection, request):
    if request["execute"] == "screendump":
        with open(request["arguments"]["filename"], "wb") as file:
            file.write(PPM)
    status = {"status": STORIES[chosen()].get("status", "running")}
    said = status if request["execute"] == "query-status" else {}
    if request["execute"] == "query-chardev":
        said = []
    connection.sendall(json.dumps({"return": said, "id": request["id"]}).encode() + b"\n")


def serve(control, listener):
    """Answers both QMP channels until somebody ends us."""
    greeting = b'{"QMP": {"version": {}, "capabilities": []}}\n'
    control.sendall(greeting)
    talking = [control]
    while True:
        ready, _, _ = select.select([listener, *talking], [], [])
        for one in ready:
            if one is listener:
                fresh, _ = listener.accept()
                fresh.sendall(greeting)
                talking.append(fresh)
                continue
            try:
                data = one.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                talking.remove(one)
            for line in data.splitlines():
                answer(one, json.loads(line))


def main():
    if "help" in sys.argv:
        print("Available display backend types:\n" + os.environ.get("FAKE_WINDOWS", "none"))
        return
    story = STORIES[chosen()]
    if story.get("ignoring"):
        import signal

        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open("arguments", "w", encoding="utf-8") as file:
        file.write("\n".join(sys.argv))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("qmp.sock")
    listener.listen()
    there = sockets()
    there["console"].sendall(story.get("log", b"hello\n"))
    if "nor" in story:
        with open("nor.img", "r+b") as nor:
            nor.seek(0x140000)
            nor.write(bytes([story["nor"]]))
    for part in story.get("trace", []):
        say(there, part, firmware=True)
        time.sleep(0.01)
    for part in story.get("rom", []):
        say(there, part, firmware=False)
    for part in story.get("again", []):
        say(there, part, firmware=True)
    sys.stderr.write(story.get("said", ""))
    if story.get("end", 0) < 0:
        os.kill(os.getpid(), -story["end"])
    if "end" in story:
        sys.exit(story["end"])
    serve(there["control"], listener)


if __name__ == "__main__":
    main()
