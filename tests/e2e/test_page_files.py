# SPDX-License-Identifier: MIT
"""
Files of one's own, dropped on the page's phone: a ROM signed with the owner's key, an older and a
newer one, a damaged one. romc made them, as whoever has the lab would.
"""

from __future__ import annotations

import base64
from typing import Iterator

import pytest
from page_twin import StubRoms
from web_page import WebPage

from lab import paths

DROP = """
const [name, text] = arguments;
const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const more = {dataTransfer: new DataTransfer(), bubbles: true, cancelable: true};
more.dataTransfer.items.add(new File([bytes], name));
document.getElementById("phone").dispatchEvent(new DragEvent("drop", more));
"""
SIGNED_OVER = ("boot", "dtbo", "vbmeta")  # what a start looks at
SHOWN_BYTES = 3 << 20  # of an image: what is beyond is empty, and need not be dropped


@pytest.fixture(scope="module")
def roms(build, tmp_path_factory) -> StubRoms:
    return StubRoms(tmp_path_factory.mktemp("stub"))


@pytest.fixture(scope="module")
def page(web_page) -> Iterator[WebPage]:
    web_page.open()
    web_page.complaints()
    yield web_page
    web_page.leave()
    assert web_page.complaints() == []


def drop(page: WebPage, name: str, content: bytes) -> None:
    page.js(DROP, name, base64.b64encode(content).decode())
    page.one("#output", f"{name} is here now")


def in_fastboot(page: WebPage, **scene: str) -> None:
    new = {"model": "dipper", "made_for": "cn", "rom": "cn", "lock": "unlocked", **scene}
    page.js("return flashlab.phone.factoryNew(arguments[0])", new)
    assert "fastboot keys" in page.type("power on --hold volume-down")


def flash(page: WebPage, partition: str, name: str) -> str:
    return page.type(f"fastboot flash {partition} {name}")


def test_the_owners_own_key(page, roms):
    """Signed by oneself, and the key told to the phone: yellow, once it is locked."""
    in_fastboot(page)
    images = roms.images("dipper", "cn", "--sign-with", "user")
    drop(page, "avb_custom_key.bin", paths.ROOT_KEY.with_name("user.avbpubkey").read_bytes())
    for name in SIGNED_OVER:
        drop(page, f"{name}.img", images[name])
    assert "fastboot flash vbmeta vbmeta.img" in page.one("#output").text
    assert "OKAY" in flash(page, "avb_custom_key", "avb_custom_key.bin")
    for name in SIGNED_OVER:
        assert f"Writing '{name}'  OKAY" in flash(page, name, f"{name}.img")
    page.js("flashlab.phone.run('fastboot oem lock')")
    page.verdict("home yellow rom=cn")


def test_a_key_that_the_phone_does_not_know(page, roms):
    in_fastboot(page)
    drop(page, "vbmeta.img", roms.images("dipper", "cn", "--sign-with", "user")["vbmeta"])
    assert "Writing 'vbmeta'  OKAY" in flash(page, "vbmeta", "vbmeta.img")
    page.type("power on")
    page.verdict("home orange rom=cn")
    in_fastboot(page)
    flash(page, "vbmeta", "vbmeta.img")
    page.js("flashlab.phone.run('fastboot oem lock')")
    page.verdict("brick wrong-key")


@pytest.mark.parametrize("index, is_taken", [(3, False), (4, True), (6, True)])
def test_a_rollback_index_of_ones_own(page, roms, index, is_taken):
    """The fuses of a whyred count 4; they follow a ROM that has started well, and never go back."""
    in_fastboot(page, model="whyred")
    images = roms.images("whyred", "cn", "--rollback-index", index)
    drop(page, "vbmeta.img", images["vbmeta"])
    assert ("Writing 'vbmeta'  OKAY" in flash(page, "vbmeta", "vbmeta.img")) is is_taken
    page.type("power on")
    page.verdict("home orange rom=cn")
    is_well = "return flashlab.phone.events.some((e) => e.event === 'boot-success')"
    page.wait(lambda: page.js(is_well), "the ROM says that it is well")
    assert page.js("return flashlab.phone.rollback") == max(4, index)


def test_an_image_that_was_changed(page, roms):
    in_fastboot(page, lock="unlocked")
    boot = roms.images("dipper", "cn")["boot"]
    changed = bytearray(boot[:SHOWN_BYTES])
    changed[4096 + 100] ^= 1
    drop(page, "boot.img", bytes(changed))
    flash(page, "boot", "boot.img")
    page.js("flashlab.phone.run('fastboot oem lock')")
    page.verdict("brick bad-hash")


def test_files_that_are_nothing(page):
    """Words of the phone or of the page, never a hang."""
    in_fastboot(page)
    odd = {"empty.img": b"", "core.wasm": b"\0asm\1\0\0\0", "rom.zip": b"PK\3\4" * 99,
           "vbmeta.img": bytes(5000)}  # fmt: skip
    for name, content in odd.items():
        drop(page, name, content)
        said = page.type(f"fastboot flash vbmeta {name}")
        assert "OKAY" in said or "FAILED" in said or "error" in said, said
    assert "product: dipper" in page.type("fastboot getvar product")
