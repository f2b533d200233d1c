# SPDX-License-Identifier: MIT
"""boardc: every model compiles, and every wrong one is refused at its line, leaving nothing behind.

Needs only boardc, in the build folder that FLASHLAB_BUILD names (default build/). Oracles: dtc and
fdtoverlay, of Debian's device-tree-compiler, and QEMU's own device tree.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BOARDC = Path(os.environ.get("FLASHLAB_BUILD", ROOT / "build")).resolve() / "board" / "boardc"
MODELS = sorted((ROOT / "board").glob("*.yaml"))
HANG_S = 30  # a detector, not a measure

NOR_BYTES = 64 << 20
OVERLAY, FUSES, STATE_A, STATE_B, USED = 0x100000, 0x140000, 0x180000, 0x1C0000, 0x200000

GOOD = """\
codename: test
name: Test phone
released: 2018-06
os: miui
soc: Chip 1
model_numbers: {cn: M1, global: M2}
policy_list: true
protections: [bootloader-lock, verified-boot, anti-rollback]
rollback_index: 2
panel: {width_px: 720, height_px: 1440}
slots: 0
partitions:
  - {name: boot, size: 64 MiB}
  - {name: vbmeta, size: 64 KiB}
  - {name: misc, size: 4 MiB}
  - {name: userdata, size: 4 GiB}
"""


def boardc(*words: object) -> subprocess.CompletedProcess:
    return subprocess.run([BOARDC, *map(str, words)], text=True, capture_output=True, timeout=HANG_S,
                          stdin=subprocess.DEVNULL, check=False, errors="replace")


def succeed(*words: object) -> str:
    done = boardc(*words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def refuse(*words: object) -> str:
    """The one line that says why."""
    done = boardc(*words)
    assert done.returncode == 1 and done.stdout == "", done
    assert done.stderr.count("\n") == 1 and done.stderr.endswith("\n")
    return done.stderr[:-1]


@pytest.fixture
def parts(tmp_path) -> dict[str, Path]:
    """A firmware and a public key to build a NOR with, and an empty folder for it."""
    (tmp_path / "out").mkdir()
    firmware, key = tmp_path / "fw.bin", tmp_path / "key.bin"
    firmware.write_bytes(bytes(range(256)) * 40)
    key.write_bytes(struct.pack(">II", 4096, 0x1234) + bytes(range(256)) * 4)
    return {"out": tmp_path / "out" / "nor.img", "firmware": firmware, "key": key, "folder": tmp_path}


def nor_words(model: Path, parts: dict[str, Path], **changes: object) -> list[object]:
    options = {"region": "cn", "firmware": parts["firmware"], "root-key": parts["key"],
               "serial": "8a7b6c5d", "output": parts["out"], **changes}
    words: list[object] = ["nor", model]
    for name, value in options.items():
        words += [] if value is None else ["--" + name.replace("_", "-"), value]
    return words


def write_model(folder: Path, text: str | bytes, name: str = "test.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# --- good models ---

def test_the_models_of_the_lab_are_there():
    assert {path.stem for path in MODELS} >= {"hermes", "mido", "sagit", "vince", "whyred", "polaris",
                                              "dipper", "sirius", "nitrogen", "cactus"}


def month(value: str) -> int:
    return int(value.replace("-", ""))


KIB = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_facts_are_those_of_the_file(path):
    facts = json.loads(succeed("facts", path))
    file = yaml.safe_load(path.read_text())
    partitions = []
    for entry in file["partitions"]:
        count, unit = entry["size"].split(" ")
        partitions.append({"name": entry["name"], "size_bytes": int(count) * KIB[unit]})
    assert facts == {
        "codename": file["codename"], "name": file["name"], "soc": file["soc"], "os": file["os"],
        "released": month(file["released"]), "regions": list(file["model_numbers"]),
        "model_number_cn": file["model_numbers"].get("cn", ""),
        "model_number_global": file["model_numbers"].get("global", ""),
        "policy_list": file["policy_list"], "protections": file["protections"],
        "rollback_index": file.get("rollback_index", 0),
        "panel_width_px": file["panel"]["width_px"], "panel_height_px": file["panel"]["height_px"],
        "slots": file["slots"], "partitions": partitions,
    }


def source_of(blob: Path) -> str:
    """What dtc makes of it."""
    return subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", blob], text=True, check=True,
                          capture_output=True, timeout=HANG_S).stdout


@pytest.fixture(scope="session")
def qemu_tree(tmp_path_factory) -> Path:
    blob = tmp_path_factory.mktemp("qemu") / "virt.dtb"
    subprocess.run(["qemu-system-aarch64", "-M", f"virt,secure=on,dumpdtb={blob}", "-cpu", "cortex-a53",
                    "-m", "1G", "-nic", "none", "-display", "none"], check=True, capture_output=True,
                   timeout=HANG_S)
    return blob


@pytest.mark.parametrize("policy", ["announced", "shipped", "none"])
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_overlay_applies_to_qemus_tree(path, policy, qemu_tree, tmp_path):
    overlay, merged = tmp_path / "x.dtbo", tmp_path / "x.dtb"
    succeed("overlay", path, "--policy", policy, "-o", overlay)
    subprocess.run(["fdtoverlay", "-i", qemu_tree, "-o", merged, overlay], check=True, timeout=HANG_S)
    facts = json.loads(succeed("facts", path))
    source = source_of(merged)
    expected = [f'model = "{facts["name"]} ({facts["codename"]}), virtual";',
                'compatible = "flashlab,phone";', "flashlab {",
                f'codename = "{facts["codename"]}";', f'market-name = "{facts["name"]}";',
                f'os = "{facts["os"]}";', f'regime = "{policy}";',
                f'released = <{facts["released"]:#x}>;',
                f'panel-width-px = <{facts["panel_width_px"]:#x}>;',
                f'panel-height-px = <{facts["panel_height_px"]:#x}>;',
                f'slot-count = <{facts["slots"]:#04x}>;']
    assert [line for line in expected if f"{line}\n" not in source] == []
    for flag in ("bootloader-lock", "verified-boot", "anti-rollback"):
        assert (f"\t{flag};\n" in source) == (flag in facts["protections"])
    assert ("\tpolicy-list;\n" in source) == facts["policy_list"]


def test_overlay_is_announced_by_default(tmp_path):
    path = write_model(tmp_path, GOOD)
    succeed("overlay", path, "-o", tmp_path / "a")
    succeed("overlay", path, "-o", tmp_path / "b", "--policy", "announced")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


# --- the NOR ---

def text_field(bytes_: bytes) -> str:
    return bytes_.rstrip(b"\0").decode()


def used_part(nor: Path) -> bytes:
    with nor.open("rb") as stream:
        return stream.read(USED)


def blank(bytes_: bytes) -> bool:
    return bytes_.count(0xFF) == len(bytes_)


@pytest.mark.parametrize("region", ["cn", "global"])
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_nor_of_every_model(path, region, parts):
    facts = json.loads(succeed("facts", path))
    if region not in facts["regions"]:
        only = facts["regions"][0]
        error = refuse(*nor_words(path, parts, region=region))
        assert f"made for one market only, {only}" in error and f"take --region {only}" in error
        assert list(parts["out"].parent.iterdir()) == []
        return
    succeed(*nor_words(path, parts, region=region))
    assert parts["out"].stat().st_size == NOR_BYTES
    assert parts["out"].stat().st_blocks * 512 < 3 << 20
    nor = used_part(parts["out"])
    firmware = parts["firmware"].read_bytes()
    assert nor.startswith(firmware) and blank(nor[len(firmware):OVERLAY])
    fuses = nor[FUSES:FUSES + 140]
    assert fuses[:16] == b"FLFUSES1" + struct.pack("<II", 1, 0)
    assert text_field(fuses[16:48]) == path.stem and text_field(fuses[48:64]) == region
    assert text_field(fuses[64:96]) == "8a7b6c5d"
    assert fuses[96:128] == hashlib.sha256(parts["key"].read_bytes()).digest()
    assert fuses[128:132] == struct.pack("<I", zlib.crc32(fuses[:128]))
    burned = ~int.from_bytes(fuses[132:140], "little") & (1 << 64) - 1
    assert burned == (1 << facts["rollback_index"]) - 1
    assert blank(nor[FUSES + 140:STATE_A])
    state = nor[STATE_A:STATE_A + 340]
    assert state[:20] == b"FLSTATE1" + struct.pack("<III", 2, 0x4C4F434B, 0)
    assert state[20:328] == bytes(308) and state[328:336] == struct.pack("<Q", 1)
    assert state[336:340] == struct.pack("<I", zlib.crc32(state[:336]))
    assert blank(nor[STATE_A + 340:USED])
    overlay_size = struct.unpack(">I", nor[OVERLAY + 4:OVERLAY + 8])[0]
    succeed("overlay", path, "-o", parts["folder"] / "x.dtbo")
    assert nor[OVERLAY:OVERLAY + overlay_size] == (parts["folder"] / "x.dtbo").read_bytes()
    assert blank(nor[OVERLAY + overlay_size:FUSES])


@pytest.mark.parametrize("index", [0, 1, 8, 63, 64])
def test_nor_burns_the_index_that_is_asked_for(index, parts):
    path = write_model(parts["folder"], GOOD)
    succeed(*nor_words(path, parts, rollback=index))
    burned = used_part(parts["out"])[FUSES + 132:FUSES + 140]
    assert int.from_bytes(burned, "little") ^ (1 << 64) - 1 == (1 << index) - 1


def test_nor_may_come_unlocked(parts):
    path = write_model(parts["folder"], GOOD)
    succeed(*nor_words(path, parts, lock="unlocked"))
    assert used_part(parts["out"])[STATE_A + 12:STATE_A + 20] == struct.pack("<II", 0x554E4C4B, 1)


def test_nor_takes_a_firmware_of_a_megabyte(parts):
    path = write_model(parts["folder"], GOOD)
    parts["firmware"].write_bytes(b"\x11" * (1 << 20))
    succeed(*nor_words(path, parts))
    assert used_part(parts["out"])[(1 << 20) - 1] == 0x11


BAD_NOR = {
    "region unknown": ({"region": "india"}, 'knows no "india": it takes cn, global'),
    "region missing": ({"region": None}, "missing: --region"),
    "serial empty": ({"serial": ""}, "1 to 31 letters and digits"),
    "serial long": ({"serial": "a" * 32}, "1 to 31 letters and digits"),
    "serial with a space": ({"serial": "a b"}, "1 to 31 letters and digits"),
    "serial with a quote": ({"serial": 'a"b'}, "1 to 31 letters and digits"),
    "serial missing": ({"serial": None}, "missing: --serial"),
    "firmware missing": ({"firmware": None}, "missing: --firmware"),
    "no such firmware": ({"firmware": "/nowhere/fw"}, "/nowhere/fw: No such file"),
    "firmware a folder": ({"firmware": "/"}, "not a regular file"),
    "no such key": ({"root-key": "/nowhere/key"}, "/nowhere/key: No such file"),
    "key missing": ({"root-key": None}, "missing: --root-key"),
    "output missing": ({"output": None}, "missing: --output"),
    "output in no folder": ({"output": "/nowhere/nor.img"}, "/nowhere/nor.img: No such file"),
    "lock unknown": ({"lock": "open"}, "it takes locked, unlocked"),
    "policy unknown": ({"policy": "both"}, "it takes announced, shipped, none"),
    "rollback too high": ({"rollback": 65}, "from 0 to 64"),
    "rollback negative": ({"rollback": -1}, "from 0 to 64"),
    "rollback a word": ({"rollback": "4x"}, "from 0 to 64"),
    "rollback empty": ({"rollback": ""}, "from 0 to 64"),
    "unknown option": ({"colour": "red"}, "unknown option --colour"),
}


@pytest.mark.parametrize("name", BAD_NOR)
def test_nor_refuses(name, parts):
    changes, fragment = BAD_NOR[name]
    error = refuse(*nor_words(write_model(parts["folder"], GOOD), parts, **changes))
    assert fragment in error
    assert list(parts["out"].parent.iterdir()) == []


@pytest.mark.parametrize("size", [(1 << 20) + 1, 0])
def test_nor_refuses_a_firmware_of_that_size(size, parts):
    parts["firmware"].write_bytes(bytes(size))
    error = refuse(*nor_words(write_model(parts["folder"], GOOD), parts))
    assert "a firmware has 1 to 1048576 bytes" in error
    assert list(parts["out"].parent.iterdir()) == []


@pytest.mark.parametrize("key", [b"", bytes(1032), struct.pack(">II", 4096, 1) + bytes(1023),
                                 struct.pack(">II", 4096, 1) + bytes(1025),
                                 b"-----BEGIN PUBLIC KEY-----\n"], ids=len)
def test_nor_refuses_a_file_that_is_no_key(key, parts):
    parts["key"].write_bytes(key)
    error = refuse(*nor_words(write_model(parts["folder"], GOOD), parts))
    assert "not a public key in AVB's form" in error
    assert list(parts["out"].parent.iterdir()) == []


def test_nor_refuses_an_index_without_anti_rollback(parts):
    error = refuse(*nor_words(ROOT / "board" / "mido.yaml", parts, rollback=1))
    assert "has no anti-rollback" in error


def test_a_failure_keeps_the_file_that_was_there(parts):
    path = write_model(parts["folder"], GOOD)
    parts["out"].write_text("old")
    refuse(*nor_words(path, parts, serial="!"))
    refuse("overlay", write_model(parts["folder"], "a: 1\n", "bad.yaml"), "-o", parts["out"])
    assert parts["out"].read_text() == "old"
    succeed(*nor_words(path, parts))
    assert [entry.name for entry in parts["out"].parent.iterdir()] == ["nor.img"]


@pytest.mark.parametrize("limit", [4096, USED], ids=["while it is written", "while it is made longer"])
def test_a_full_disk_leaves_nothing(limit, parts):
    """A limit on the file's size stands in for the disk's."""
    def narrow() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    words = nor_words(write_model(parts["folder"], GOOD), parts)
    done = subprocess.run([BOARDC, *map(str, words)], text=True, capture_output=True, timeout=HANG_S,
                          preexec_fn=narrow, restore_signals=False, check=False)
    assert done.returncode == 1 and done.stderr == f"{parts['out']}: File too large\n"
    assert list(parts["out"].parent.iterdir()) == []


# --- the command line ---

USAGE = {
    "nothing": ([], "a command is missing"),
    "unknown command": (["frobnicate", "x"], "unknown command frobnicate"),
    "no model": (["check"], "the model's .yaml file is missing"),
    "two models": (["check", "a", "b"], "one model at a time"),
    "no value": (["overlay", "x", "-o"], "a value is missing after -o"),
    "no output": (["overlay", "x"], "missing: --output"),
    "twice": (["overlay", "x", "-o", "a", "--output", "b"], "given twice: --output"),
    "not for this command": (["check", "x", "--serial", "1"], "does not take --serial"),
    "abbreviated": (["overlay", "x", "--out", "a"], "an option in full, please: --output"),
    "abbreviated, with =": (["overlay", "x", "--out=a"], "an option in full, please: --output"),
    "abbreviated, no value": (["--hel"], "an option in full, please: --help"),
    "unknown short option": (["check", "x", "-q"], "unknown option -q"),
    "no such model": (["check", "/nowhere/x.yaml"], "/nowhere/x.yaml: No such file"),
    "a folder": (["check", "/"], "not a file"),
}


@pytest.mark.parametrize("name", USAGE)
def test_usage(name):
    words, fragment = USAGE[name]
    assert fragment in refuse(*words)


def test_help():
    for words in (["--help"], ["nor", "-h"]):
        text = succeed(*words)
        for word in ("check", "facts", "overlay", "nor", "--region", "--root-key", "--rollback"):
            assert word in text


# --- bad models: what is replaced in GOOD, the line that is blamed, what is said ---

def swap(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def without(key: str) -> str:
    return "".join(line for line in GOOD.splitlines(True) if not line.startswith(key + ":"))


def repeated(key: str) -> str:
    return GOOD + next(line for line in GOOD.splitlines(True) if line.startswith(key + ":"))


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{n}: &{n} [{','.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefgh", "bcdefghi"))
ENTRY = "  - {name: boot, size: 64 MiB}\n"

BAD = {
    "codename missing": (without("codename"), 1, 'the key "codename" is missing'),
    "name missing": (without("name"), 1, 'the key "name" is missing'),
    "released missing": (without("released"), 1, 'the key "released" is missing'),
    "os missing": (without("os"), 1, 'the key "os" is missing'),
    "soc missing": (without("soc"), 1, 'the key "soc" is missing'),
    "model_numbers missing": (without("model_numbers"), 1, 'the key "model_numbers" is missing'),
    "policy_list missing": (without("policy_list"), 1, 'the key "policy_list" is missing'),
    "protections missing": (without("protections"), 1, 'the key "protections" is missing'),
    "panel missing": (without("panel"), 1, 'the key "panel" is missing'),
    "slots missing": (without("slots"), 1, 'the key "slots" is missing'),
    "partitions missing": (GOOD.split("partitions")[0], 1, 'the key "partitions" is missing'),
    "index missing": (without("rollback_index"), 8, 'anti-rollback needs the key "rollback_index"'),
    "index without protection": (swap(", anti-rollback", ""), 9, "without the protection"),
    "unknown key": (GOOD + "colour: red\n", 17, 'unknown key "colour": known here are codename'),
    "key in capitals": (swap("slots:", "Slots:"), 11, 'unknown key "Slots"'),
    "key twice": (repeated("slots"), 17, '"slots" is here twice, first in line 11'),
    "codename of another file": (swap("codename: test", "codename: best"), 1, "must be called best.yaml"),
    "codename in capitals": (swap("codename: test", "codename: Test"), 1, "not allowed"),
    "codename a path": (swap("codename: test", "codename: ../test"), 1, "not allowed"),
    "codename too long": (swap("codename: test", "codename: " + "a" * 32), 1, "1 to 31 are allowed"),
    "codename empty": (swap("codename: test", "codename: ''"), 1, "codename is empty"),
    "codename a list": (swap("codename: test", "codename: [test]"), 1, "not a list"),
    "codename a number": (swap("codename: test", "codename: 2018"), 1, "put quotes round it"),
    "codename a boolean": (swap("codename: test", "codename: yes"), 1, "put quotes round it"),
    "name too long": (swap("Test phone", "x" * 48), 2, "1 to 47 are allowed"),
    "name in Chinese": (swap("Test phone", "小米"), 2, "not allowed"),
    "name in two lines": (swap("Test phone", '"a\\nb"'), 2, "line break"),
    "month 13": (swap("2018-06", "2018-13"), 3, "not a month"),
    "month 0": (swap("2018-06", "2018-00"), 3, "not a month"),
    "month of last century": (swap("2018-06", "1999-06"), 3, "not a month"),
    "a day": (swap("2018-06", "2018-06-01"), 3, "7 to 7 are allowed"),
    "month without a dash": (swap("2018-06", '"2018006"'), 3, "not a month"),
    "month as a number": (swap("2018-06", "201806"), 3, "put quotes round it"),
    "os unknown": (swap("os: miui", "os: ios"), 4, "it takes miui, android-one"),
    "os a list": (swap("os: miui", "os: [miui]"), 4, "not a list"),
    "no market": (swap("{cn: M1, global: M2}", "{}"), 6, "0 entries"),
    "market unknown": (swap("global: M2", "india: M2"), 6, 'unknown key "india": known here are cn, global'),
    "model number a number": (swap("cn: M1", "cn: 2015051"), 6, "put quotes round it"),
    "model number empty": (swap("cn: M1", "cn: ''"), 6, "cn is empty"),
    "model number with a dash": (swap("cn: M1", "cn: M-1"), 6, "use only [A-Z0-9]"),
    "policy_list yes": (swap("policy_list: true", "policy_list: yes"), 7, "true or false"),
    "policy_list quoted": (swap("policy_list: true", 'policy_list: "true"'), 7, "true or false"),
    "protection unknown": (swap("verified-boot", "verified_boot"), 8, "it takes bootloader-lock, verified-boot"),
    "protection twice": (swap("verified-boot", "bootloader-lock"), 8, 'has "bootloader-lock" twice'),
    "protections a text": (swap("[bootloader-lock, verified-boot, anti-rollback]", "none"), 8, "must be a list"),
    "index 65": (swap("rollback_index: 2", "rollback_index: 65"), 9, "0 to 64 are allowed"),
    "index -1": (swap("rollback_index: 2", "rollback_index: -1"), 9, "whole decimal number"),
    "index quoted": (swap("rollback_index: 2", 'rollback_index: "2"'), 9, "without quotes"),
    "index octal": (swap("rollback_index: 2", "rollback_index: 02"), 9, "whole decimal number"),
    "panel too narrow": (swap("width_px: 720", "width_px: 479"), 10, "480 to 1080 are allowed"),
    "panel too wide": (swap("width_px: 720", "width_px: 1081"), 10, "480 to 1080 are allowed"),
    "panel too low": (swap("height_px: 1440", "height_px: 799"), 10, "800 to 2400 are allowed"),
    "panel too high": (swap("height_px: 1440", "height_px: 2401"), 10, "800 to 2400 are allowed"),
    "panel lying": (swap("width_px: 720, height_px: 1440", "width_px: 1000, height_px: 900"), 10, "upright"),
    "panel with a unit": (swap("width_px: 720", "width_px: 720px"), 10, "whole decimal number"),
    "panel without height": (swap(", height_px: 1440", ""), 10, 'the key "height_px" is missing'),
    "panel a text": (swap("{width_px: 720, height_px: 1440}", "720x1440"), 10, "must be a map"),
    "one slot": (swap("slots: 0", "slots: 1"), 11, "a phone has 0 or 2"),
    "three slots": (swap("slots: 0", "slots: 3"), 11, "0 to 2 are allowed"),
    "slots without pairs": (swap("slots: 0", "slots: 2"), 13, "the partition boot_a is missing"),
    "partitions empty": (GOOD.split("partitions")[0] + "partitions: []\n", 12, "0 entries"),
    "partitions a map": (GOOD.split("partitions")[0] + "partitions: {boot: 64 MiB}\n", 12, "must be a list"),
    "partition a text": (swap(ENTRY, "  - boot\n"), 13, "an entry of partitions must be a map"),
    "no boot": (swap(ENTRY, ""), 13, "the partition boot is missing"),
    "partition twice": (GOOD + ENTRY, 17, "the partition boot is here twice"),
    "partition without size": (swap(", size: 64 MiB", ""), 13, 'the key "size" is missing'),
    "partition without name": (swap("name: boot, ", ""), 13, 'the key "name" is missing'),
    "partition with more": (swap("size: 64 MiB", "size: 64 MiB, slot: a"), 13, 'unknown key "slot"'),
    "partition's name long": (swap("name: boot", "name: " + "b" * 37), 13, "1 to 36 are allowed"),
    "partition's name a path": (swap("name: boot", "name: ../boot"), 13, "not allowed"),
    "size without a unit": (swap("size: 64 MiB", "size: 64"), 13, "KiB, MiB or GiB"),
    "size in MB": (swap("size: 64 MiB", "size: 64 MB"), 13, "KiB, MiB or GiB"),
    "size in lower case": (swap("size: 64 MiB", "size: 64 mib"), 13, "KiB, MiB or GiB"),
    "size negative": (swap("size: 64 MiB", "size: -64 MiB"), 13, "KiB, MiB or GiB"),
    "size zero": (swap("size: 64 MiB", "size: 0 MiB"), 13, "are allowed"),
    "size that wraps": (swap("size: 64 MiB", "size: 18014398509481985 KiB"), 13, "KiB, MiB or GiB"),
    "size too large": (swap("size: 64 MiB", "size: 65 GiB"), 13, "are allowed"),
    "size not of whole blocks": (swap("size: 64 MiB", "size: 6 KiB"), 13, "multiple of 4 KiB"),
    "65 partitions": (GOOD + "".join(f"  - {{name: p{n}, size: 4 KiB}}\n" for n in range(61)), 13,
                      "1 to 64 are allowed"),
    "empty file": ("", 1, "the file is empty"),
    "a list": ("- a\n", 1, "not a list"),
    "alias bomb": (BOMB, 1, "anchors are not allowed"),
    "merge key": (GOOD + "<<: *x\n", 17, "aliases are not allowed"),
    "tag": (swap("codename: test", "codename: !!str test"), 1, "tags are not allowed"),
    "python object": (swap("codename: test", "codename: !!python/object:os.system x"), 1, "tags are not allowed"),
    "two documents": (GOOD + "---\n" + GOOD, 17, "second document"),
    "deep": ("a: " + "[" * 1000, 1, "inside each other"),
    "deep without an end": ("- " * 1000, 1, "inside each other"),
    "tabs": (swap("  - {name: misc", "\t- {name: misc"), 15, "tabs"),
    "open bracket": (swap("[bootloader-lock, verified-boot, anti-rollback]", "[bootloader-lock"), 9, "bracket"),
    "NUL": (GOOD.encode() + b"\0", 17, "control character 0x00"),
    "NUL in quotes": (swap("Test phone", '"a\\0b"'), 2, "NUL"),
    "Latin-1": (GOOD.replace("Test", "Tést").encode("latin-1"), 2, "not UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), 1, "not UTF-8"),
    "byte order mark": (GOOD.encode("utf-8-sig"), 1, "byte order mark"),
    "escape sequence": (GOOD + "\x1b[2J: 1\n", 17, "control character 0x1b"),
    "random bytes": (bytes(range(128, 256)) * 8, 1, "not UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_model(name, tmp_path):
    text, line, fragment = BAD[name]
    path = write_model(tmp_path, text)
    (tmp_path / "out").mkdir()
    error = refuse("overlay", path, "-o", tmp_path / "out" / "x.dtbo")
    assert error.startswith(f"{path}:{line}: ") and fragment in error, error
    assert all(" " <= letter <= "~" or ord(letter) > 160 for letter in error)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_good_model_is_good(tmp_path):
    assert succeed("check", write_model(tmp_path, GOOD)) == ""


@pytest.mark.parametrize("unit", ["[", "{", "- ", "? ", "a: ", "'", "\"", "&a ", "!x ", "#", "\n", "k: 1\n", "[a,", "{a: "],
                         ids=repr)
def test_a_megabyte_of_anything_ends_soon(unit, tmp_path):
    path = write_model(tmp_path, (unit * (1 << 20))[:1 << 20])
    assert refuse("check", path).startswith(f"{path}:")


def test_a_file_that_is_too_large(tmp_path):
    path = write_model(tmp_path, GOOD + "#" * (1 << 20))
    assert refuse("check", path) == f"{path}: larger than 1024 KiB: is this the right file?"


def test_a_file_that_may_not_be_read(tmp_path):
    path = write_model(tmp_path, GOOD)
    path.chmod(0)
    if os.access(path, os.R_OK):
        path.unlink()  # root may read all: a dangling link is as unreadable
        path.symlink_to(tmp_path / "nowhere")
    assert refuse("check", path).startswith(f"{path}: ")
