# SPDX-License-Identifier: MIT
"""
boardc: every model compiles, to an overlay and to a NOR; its command line. Oracles: dtc and
fdtoverlay, of Debian's device-tree-compiler, and QEMU's own device tree.
"""

from __future__ import annotations

import hashlib
import json
import resource
import signal
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
import yaml
from boardc_call import BOARDC, GOOD, HANG_S, ROOT, refuse, succeed, write_model

MODELS = sorted((ROOT / "board").glob("*.yaml"))
NOR_BYTES = 64 << 20
OVERLAY, FUSES, STATE_A, STATE_B, USED = 0x100000, 0x140000, 0x180000, 0x1C0000, 0x200000


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
