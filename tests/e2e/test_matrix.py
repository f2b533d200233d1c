# SPDX-License-Identifier: MIT
"""
Every model x made-for x ROM, fresh from the factory, to its verdict.

What is expected is written down here by hand, from the announcement and the models' years, and
shares no code with the phone.
"""

from __future__ import annotations

import pytest
from conftest import last_line, phone
from story import check_screen, run

# codename -> the markets it was made for, does the announcement hold for it, has it verified boot
MODELS = {
    "hermes": (("cn",), False, False),
    "mido": (("cn", "global"), False, True),
    "sagit": (("cn", "global"), False, True),
    "vince": (("cn", "global"), False, True),
    "whyred": (("cn", "global"), True, True),
    "polaris": (("cn", "global"), True, True),
    "dipper": (("cn", "global"), True, True),
    "sirius": (("cn",), True, True),
    "nitrogen": (("cn", "global"), True, True),
    "cactus": (("cn", "global"), True, True),
    "jasmine_sprout": (("global",), False, True),
}
ROMS = ("cn", "global", "reseller")
MARKETS = ("cn", "global")

# model, made for, ROM, lock, policy -> verdict
SAMPLES = [
    ("dipper", "cn", "cn", "unlocked", "announced", "home orange rom=cn"),
    (
        "dipper",
        "cn",
        "global",
        "unlocked",
        "announced",
        "brick region-mismatch made-for=cn rom=global",
    ),
    (
        "dipper",
        "global",
        "cn",
        "unlocked",
        "announced",
        "brick region-mismatch made-for=global rom=cn",
    ),
    ("dipper", "global", "reseller", "unlocked", "announced", "home orange rom=reseller"),
    (
        "dipper",
        "cn",
        "reseller",
        "unlocked",
        "announced",
        "brick region-mismatch made-for=cn rom=global",
    ),
    ("mido", "cn", "reseller", "unlocked", "announced", "home orange rom=reseller"),
    ("hermes", "cn", "global", "unlocked", "announced", "home unverified rom=global"),
    ("dipper", "cn", "global", "locked", "none", "home green rom=global"),
    ("dipper", "global", "cn", "locked", "none", "home green rom=cn"),
    ("dipper", "cn", "reseller", "locked", "none", "brick wrong-key"),
    ("dipper", "cn", "reseller", "unlocked", "none", "home orange rom=reseller"),
    ("whyred", "global", "cn", "locked", "shipped", "home green rom=cn"),
    ("whyred", "cn", "cn", "locked", "shipped", "home green rom=cn"),
]

SCREENS = {
    ("dipper", "cn", "cn"): "home-cn",
    ("dipper", "global", "global"): "home-global",
    ("hermes", "cn", "reseller"): "home-reseller",
    ("dipper", "cn", "global"): "region-cn-global",
    ("whyred", "global", "cn"): "region-global-cn",
    ("dipper", "cn", "reseller"): "wrong-key",
}


def expected(model: str, made_for: str, rom: str) -> str:
    _, holds, verified_boot = MODELS[model]
    if not verified_boot:
        return f"home unverified rom={rom}"
    if rom == "reseller":
        return "brick wrong-key"
    if holds and made_for != rom:
        return f"brick region-mismatch made-for={made_for} rom={rom}"
    return f"home green rom={rom}"


CELLS = [
    (model, made_for, rom)
    for model, (markets, _, _) in MODELS.items()
    for made_for in markets
    for rom in ROMS
]


def test_the_table_knows_every_model():
    from lab import catalog

    assert sorted(MODELS) == catalog.models()
    assert sorted(ROMS) == catalog.roms()


@pytest.mark.parametrize("model, made_for, rom", CELLS)
def test_locked_as_announced(factory, model, made_for, rom):
    ran = run(factory(model, made_for, rom))
    assert ran.words == expected(model, made_for, rom)
    board = next(event for event in ran.events if event["stage"] == "board")
    assert (board["codename"], board["made_for"]) == (model, made_for)
    screen = SCREENS.get((model, made_for, rom))
    if screen:
        check_screen(ran.picture, screen)


@pytest.mark.parametrize("model, made_for, rom, lock, policy, words", SAMPLES)
def test_unlocked_and_other_policies(factory, model, made_for, rom, lock, policy, words):
    assert run(factory(model, made_for, rom, lock, policy)).words == words


@pytest.mark.parametrize(
    "model, market",
    [
        (model, market)
        for model, (markets, _, _) in MODELS.items()
        for market in MARKETS
        if market not in markets
    ],
)
def test_a_model_of_one_market_refuses_the_other(build, model, market):
    done = phone(
        "run", "--fresh", "--headless", "--model", model, "--region", market, "--rom", market
    )
    assert done.returncode == 2 and done.stdout == ""
    assert f"{model}.yaml" in done.stderr and MODELS[model][0][0] in done.stderr


@pytest.mark.parametrize("region, rom", [("cn", "global"), ("cn", "cn")])
def test_the_command_line_ends_with_the_same_verdict(build, region, rom):
    words = expected("dipper", region, rom)
    done = phone(
        "run", "--fresh", "--headless", "--region", region, "--rom", rom, "--expect", words
    )
    assert (done.returncode, done.stdout) == (0, f"verdict: {words}\n"), done.stderr
    assert last_line(phone("explain")).startswith("What could be done: ")
    assert "Decision 3" in phone("explain").stdout
