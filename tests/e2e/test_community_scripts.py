# SPDX-License-Identifier: MIT
"""
Flash scripts in the shape that people publish for these phones, from the first line to the last:
`fastboot $*`, backticks, firmware, lists of checksums, boot last. The images of the ROM are those of
our packages; firmware is a few bytes, which nobody here reads.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest
from test_flashing import client, in_fastboot_mode, meanwhile, run, wait_for  # noqa: F401

from lab import roms
from lab.qemu import FASTBOOT

HEAD = """fastboot $* getvar product 2>&1 | grep "^product: *{model}"
if [ $? -ne 0 ] ; then echo "Missmatching image and device"; exit 1; fi
"""
ANTI = """CURRENT_ANTI_VER=4
ver=`fastboot $* getvar anti 2>&1 | grep "^anti: " | cut -d ":" -f 2 | tr -d ' '`
if [ -z "$ver" ]; then ver=0; fi
if [ $ver -gt $CURRENT_ANTI_VER ]; then
    echo "current device antirollback version is greater than this package"; exit 1
fi
"""
LISTS = """fastboot $* getvar crc 2>&1 | grep "^crc: 1"
if [ $? -eq 0 ]; then
fastboot $* flash crclist `dirname $0`/images/crclist.txt
if [ $? -ne 0 ] ; then echo "Flash crclist error"; exit 1; fi
fastboot $* flash sparsecrclist `dirname $0`/images/sparsecrclist.txt
if [ $? -ne 0 ] ; then echo "Flash sparsecrclist error"; exit 1; fi
fi
"""
GETS_HOME = ("jasmine_sprout",)  # with slots: what is flashed without them gets home in the stories
ROM_IMAGES = ("misc", "vbmeta", "dtbo", "system", "cache", "userdata", "recovery")
TWICE = "rpm tz devcfg cmnlib cmnlib64 keymaster"
SHAPES = {
    "whyred": ANTI + "!erase boot\n" + LISTS + "!flash antirbpass dummy\n"
    + "".join(f"!flash {name} fw\n!flash {name}bak fw\n" for name in f"xbl {TWICE} hyp pmic abl".split())
    + "".join(f"!flash {name} fw\n" for name in "modem dsp bluetooth storsec mdtp splash cust".split())
    + "!erase sec\n!erase ddr\n",
    "sagit": "!erase boot\n"
    + "".join(f"!flash {name} fw\n" for name in "xbl xblbak abl ablbak tz tzbak hyp rpm pmic devcfg "
              "storsec bluetooth cmnlib cmnlib64 modem dsp keymaster logo sec".split()),
    "mido": "!erase boot\n!flash:raw boot fw\n"
    + "".join(f"!flash {name} fw\n!flash {name}bak fw\n" for name in f"sbl1 aboot lksecapp {TWICE}".split())
    + "".join(f"!erase {name}\n" for name in "modemst1 modemst2 DDR".split())
    + "!flash modem fw\n!flash dsp fw\n!flash splash fw\n!flash persist fw\n",
    "jasmine_sprout": "!erase boot_a\n!erase boot_b\n"
    + "".join(f"!flash {name}_{slot} fw\n" for name in "modem bluetooth dsp mdtp".split() for slot in "ab")
    + "!flash splash fw\n!flash storsec fw\n!erase ddr\n",
}


def step(words: str) -> str:
    """A line with a `!` before it, as such scripts write it."""
    parts = words.split()
    shown = f"{parts[0].capitalize()} {parts[1] if len(parts) > 1 else ''}".strip()
    if parts[0] in ("flash", "flash:raw"):
        parts[2] = f"`dirname $0`/images/{parts[2]}.img"
    return (f"fastboot $* {' '.join(parts)}\n"
            f'if [ $? -ne 0 ] ; then echo "{shown} error"; exit 1; fi\n')


def script_of(model: str, images: Path) -> str:
    slots = ("_a", "_b") if model == "jasmine_sprout" else ("",)
    text = HEAD + SHAPES[model]
    for name in (*ROM_IMAGES, "boot"):
        if (images / f"{name}.img").exists():
            own = ("",) if name in ("misc", "cache", "userdata") else slots
            text += "".join(f"!flash {name}{suffix} {name}\n" for suffix in own)
    text += "!set_active a\n" if slots[0] else ""
    lines = (text + "!reboot\n").splitlines()
    body = "\n".join(step(line[1:]) if line.startswith("!") else line for line in lines)
    return "#!/bin/bash\n" + body.replace("{model}", model) + "\n"


def package_of(model: str, folder: Path) -> Path:
    """Images linked, firmware made up; the script beside them."""
    images = folder / "images"
    images.mkdir()
    for image in (roms.package(model, "cn") / "images").iterdir():
        os.link(image, images / image.name)
    (images / "fw.img").write_bytes(b"firmware" * 1000)
    (images / "dummy.img").write_bytes(bytes(8192))
    lists = images / "crclist.txt"
    kept = lists.read_text()
    lists.unlink()
    lists.write_text(kept + f"xbl 0x{zlib.crc32(b'firmware' * 1000):x}\n")
    script = folder / "flash_all.sh"
    script.write_text(script_of(model, images))
    return script


@pytest.mark.parametrize("model", sorted(SHAPES))
def test_from_the_first_line_to_the_last(factory, client, tmp_path, model):  # noqa: F811
    market = "global" if model == "jasmine_sprout" else "cn"
    folder = factory(model, market, "cn", lock="unlocked", policy="none")
    script = package_of(model, tmp_path)
    with in_fastboot_mode(folder) as running:
        address = f"tcp:127.0.0.1:{running.ports[FASTBOOT]}"
        done = meanwhile(running, run, ["bash", script, "-s", address])
        assert done.returncode == 0, (done.stdout, done.stderr)
        wait_for(running, "home orange rom=cn", decided=model not in GETS_HOME)
