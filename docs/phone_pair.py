#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
Puts pictures of screens side by side, each in a phone's frame: the README's picture.

    docs/phone_pair.py OUT.png SCREEN.png...
"""

import sys

from PIL import Image, ImageDraw

WIDTH, FRAME, GAP = 330, 12, 60
FRAME_COLOUR = (38, 40, 46, 255)


def framed(path: str) -> Image.Image:
    screen = Image.open(path).convert("RGB")
    screen = screen.resize((WIDTH, screen.height * WIDTH // screen.width), Image.LANCZOS)
    corners = Image.new("L", screen.size, 0)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, screen.width - 1, screen.height - 1), 30, fill=255)
    phone = Image.new("RGBA", (screen.width + 2 * FRAME, screen.height + 2 * FRAME), (0, 0, 0, 0))
    ImageDraw.Draw(phone).rounded_rectangle((0, 0, phone.width - 1, phone.height - 1), 42, fill=FRAME_COLOUR)
    phone.paste(screen, (FRAME, FRAME), corners)
    return phone


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    phones = [framed(path) for path in sys.argv[2:]]
    width = sum(phone.width for phone in phones) + GAP * (len(phones) - 1)
    page = Image.new("RGBA", (width, max(phone.height for phone in phones)), (0, 0, 0, 0))
    at = 0
    for phone in phones:
        page.paste(phone, (at, 0), phone)
        at += phone.width + GAP
    page.save(sys.argv[1], optimize=True)


main()
