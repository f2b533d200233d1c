#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
Makes the moving picture of a boot and a brick: two phones made for China, side by side, from
power-on to their verdicts. What moves is what two real runs showed; how long each screen stays is
chosen for the reader, not measured.

    docs/animation.py OUT.webp         (make pictures)
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from lab import qemu, store, verdict  # noqa: E402

VERDICT_S = 120.0
LOOK_S = 0.02
SETTLE_S = 1.0
STAYS_MS, LAST_MS = 700, 3500
WIDTH, GAP, FRAME, CAPTION = 300, 40, 8, 44
PAPER, EDGE, INK = (255, 255, 255), (38, 40, 46), (60, 64, 72)
FONT = "/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF/Roboto-Medium.ttf"
PHONES = (("cn", "made for China + China ROM"), ("global", "made for China + Global ROM"))


def screens(rom: str) -> list[Image.Image]:
    """What a phone made for China shows with this ROM, from black to its verdict."""
    facts = {"model": "dipper", "region": "cn", "rom": rom, "lock": "locked", "policy": "announced"}
    seen: list[Image.Image] = []
    with store.NewPhone(**facts, tag="picture") as phone:
        with qemu.RunningPhone(phone.folder, rtc="2018-09-14T09:41:00") as running:
            if running.wait_for(lambda: looked(running, seen), VERDICT_S) is None:
                sys.exit(f"the phone with the {rom} ROM came to no verdict")
            running.settle(SETTLE_S)
            looked(running, seen)
    off = Image.new("RGB", seen[-1].size)
    return [off, *stable(seen)]


def looked(running: qemu.RunningPhone, seen: list[Image.Image]) -> str | None:
    if not running.events:
        return None
    shot = running.folder / "frame.png"
    running.shoot(shot)
    picture = Image.open(io.BytesIO(shot.read_bytes())).convert("RGB")
    if picture.height > picture.width:  # before the bootloader sets the screen up there is none
        seen.append(picture)
    running.pump(LOOK_S)
    return verdict.words(running.events)


def stable(seen: list[Image.Image]) -> list[Image.Image]:
    """Each screen once; what was caught while it was being drawn is left out."""
    kept: list[Image.Image] = []
    for one, following in zip(seen, [*seen[1:], seen[-1]]):
        is_new = not kept or kept[-1].tobytes() != one.tobytes()
        if is_new and one.tobytes() == following.tobytes():
            kept.append(one)
    return kept


def framed(screen: Image.Image, height: int) -> Image.Image:
    inside = screen.resize((WIDTH, height), Image.LANCZOS)
    corners = Image.new("L", inside.size, 0)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, WIDTH - 1, height - 1), 22, fill=255)
    phone = Image.new("RGB", (WIDTH + 2 * FRAME, height + 2 * FRAME), PAPER)
    box = (0, 0, phone.width - 1, phone.height - 1)
    ImageDraw.Draw(phone).rounded_rectangle(box, 30, fill=EDGE)
    phone.paste(inside, (FRAME, FRAME), corners)
    return phone


def page(shown: list[Image.Image]) -> Image.Image:
    height = shown[0].height * WIDTH // shown[0].width
    phones = [framed(screen, height) for screen in shown]
    width = sum(phone.width for phone in phones) + GAP * (len(phones) - 1)
    whole = Image.new("RGB", (width, phones[0].height + CAPTION), PAPER)
    draw, font = ImageDraw.Draw(whole), ImageFont.truetype(FONT, 21)
    for number, phone in enumerate(phones):
        left = number * (phone.width + GAP)
        whole.paste(phone, (left, 0))
        middle = (left + phone.width // 2, whole.height - CAPTION // 2 + 2)
        draw.text(middle, PHONES[number][1], INK, font, anchor="mm")
    return whole


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    runs = [screens(rom) for rom, _ in PHONES]
    count = max(map(len, runs))
    pages = [page([run[min(n, len(run) - 1)] for run in runs]) for n in range(count)]
    stays = [STAYS_MS] * (count - 1) + [LAST_MS]
    pages[0].save(
        sys.argv[1],
        save_all=True,
        append_images=pages[1:],
        duration=stays,
        loop=0,
        quality=80,
        method=6,
    )
    print(f"{sys.argv[1]}: {count} pictures, {Path(sys.argv[1]).stat().st_size >> 10} KiB")


main()
