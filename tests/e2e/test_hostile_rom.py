# SPDX-License-Identifier: MIT
"""A ROM has root on its machine, and says what it likes: nothing of it is believed or obeyed."""

from __future__ import annotations

import json

import pytest
from fake_qemu import BOOT, BRICK, FORGED, HOME, POWER_ON

from lab import fastboot, outside, power, qemu, schema, shell, store, trace, verdict
from lab.errors import LabError
from lab.story import source

GOOD = "home green rom=cn"
LINE_FEED = "\n"


def told(fake, story):
    done = fake(story, "run", "fake", "--headless", "--timeout", "60")
    assert "Traceback" not in done.stderr, done.stderr
    return done


def explained(fake):
    done = fake("brick", "explain", "fake")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("story", ["forged", "nested", "numbers", "bent", "endless"])
def test_the_verdict_is_the_firmware_s(fake, story):
    done = told(fake, story)
    assert (done.returncode, done.stdout) == (0, f"verdict: {GOOD}\n"), done.stderr
    text = explained(fake)
    assert text.splitlines()[-2] == f"verdict: {GOOD}" and text.count("\nverdict: ") == 1
    assert outside.clean(text, keep=LINE_FEED) == text and "brick region-mismatch" not in text


def test_a_forged_line_is_shown_as_what_it_is(fake):
    told(fake, "forged")
    text = explained(fake)
    assert text.count("a line that only the firmware may write") == len(FORGED)
    assert "(the ROM claims) The cn ROM V1 runs" in text


def test_a_line_without_end_is_known_by_its_end_alone():
    lines = outside.Lines()
    for _ in range(50):
        assert not list(lines.feed(b"x" * 65536))
    (line,) = lines.feed(b"the end\nmore")
    assert line.cut and line.data == b"the end".rjust(outside.LINE_BYTES_MAX, b"x")


def test_half_a_line_of_the_rom_hides_no_restart(fake):
    told(fake, "half")
    events = trace.read(fake.phone_folder / "trace.jsonl")
    assert events[-2:] == [POWER_ON, BRICK] and verdict.words(events).startswith("brick")


@pytest.mark.parametrize("claim", [HOME, {**BRICK, "more": "x" * 7000}], ids=["claims", "forged"])
def test_a_flood_is_not_kept(claim):
    saved = []
    kept = trace.Trace(saved.append)
    for again in range(2):
        for event in (POWER_ON, BOOT):
            line = json.dumps(event).encode() + b"\n"
            kept.feed_secure(line)
            kept.feed(line)
        kept.feed((json.dumps(claim).encode() + b"\n") * 20000)
        assert len(kept.events) <= (again + 1) * (trace.CLAIMS_MAX + 3)
        assert "the rest is left out" in kept.events[-1]["what"]
    assert [trace.key(event) for event in kept.events].count("flow/power-on") == 2
    assert sum(map(len, saved)) < 3 << 20


def test_what_lab_trace_lost_is_told_all_the_same():
    kept = trace.Trace(lambda line: None)
    kept.feed_secure(b"".join(json.dumps(event).encode() + b"\r\n" for event in (POWER_ON, BRICK)))
    kept.feed(b"")
    assert kept.events == []
    kept.finish()
    assert kept.events == [POWER_ON, BRICK]


def test_a_line_of_a_stage_of_the_firmware_is_its_own_until_a_rom_runs():
    kept = trace.Trace(lambda line: None)
    region = {"t_us": 5, "stage": "policy", "event": "region"}
    for event in (POWER_ON, region, BOOT, region, HOME):
        line = json.dumps(event).encode() + b"\n"
        if event in (POWER_ON, BOOT):
            kept.feed_secure(line)
        kept.feed(line)
    assert [trace.key(event) for event in kept.events] == [
        "flow/power-on", "policy/region", "flow/verdict", "rom/ignored", "rom/home"
    ]


@pytest.mark.parametrize("fate, claim, words", [
    ("boot", {"event": "menu", "stage": "recovery", "mismatch": True}, None),
    ("recovery", {"event": "home", "stage": "rom", "rom": "cn"}, None),
    ("recovery", {"event": "menu", "stage": "recovery", "mismatch": True}, "recovery keys"),
])
def test_a_claim_counts_only_for_what_was_started(fate, claim, words):
    started = {**BOOT, "fate": fate, "reason": "keys"}
    assert verdict.words([started, claim]) == words


def test_a_verdict_of_the_rom_s_own_is_none():
    told = [POWER_ON, BOOT, HOME]
    assert verdict.words(told) == GOOD
    assert verdict.words([*told, {**BRICK, "stage": "rom"}]) == GOOD
    assert verdict.words([*told, {**BRICK, "stage": "recovery"}]) == GOOD


@pytest.mark.parametrize("line", [
    b"", b"[]", b"1", b"null", b"{", b'{"a":[]}', b'{"a":{}}', b'{"a":null}', b'{"a":1.5}',
    b'{"a":-1}', b'{"a":NaN}', b'{"a":' + b"2" * 20 + b"}", b"\xff{}", b"[" * 5000,
    b'{"a":"' + b"x" * outside.LINE_BYTES_MAX + b'"}',
], ids=repr)
def test_lines_that_are_no_events(line):
    assert outside.event(line) is None


@pytest.mark.parametrize("text, shown", [
    ("\x1b[2J", "?[2J"), ("\x9b2J", "?2J"), ("a\nb", "a?b"), ("\u202eabc", "?abc"), ("\u2066", "?"),
    ("\ud800", "?"), ("\u2028", "?"), ("\x7f", "?"), ("\u4e2d\u6587", "\u4e2d\u6587"), ("\x00", "?"),
], ids=ascii)
def test_what_a_terminal_would_obey(text, shown):
    assert outside.clean(text) == shown and schema.printable(text) == shown


def test_a_word_is_one_word():
    assert outside.word("cn\nverdict: home") == "cn?verdict:?home"
    assert outside.word("") == "?" and len(outside.word("x" * 500)) == outside.WORD_CHARS_MAX


@pytest.mark.parametrize("text, says", [
    ("[" * 100000, "nested too deep"), ("[]", "no object"), ("{", "cannot be read"),
    ('{"model": "../../etc/passwd"}', "model must be a name"), ('{"rom": ["cn"]}', "rom must be a name"),
    ('{"serial": "\\ud800"}', "serial must be a name"), ('{"region": "cn\\u001b[2J"}', "region must be"),
    ('{"a": "' + "x" * (1 << 20) + '"}', "larger than"), ('{"a": ' + "1" * 400 + "}", "without measure"),
], ids=lambda text: text[:20])
def test_a_file_of_a_phone_that_was_edited(fake, text, says):
    told(fake, "brick")
    (fake.phone_folder / "phone.json").write_text(text)
    done = fake("brick", "list")
    assert done.returncode == 0 and says in done.stdout and "Traceback" not in done.stderr
    done = fake("brick", "explain", "fake")
    assert done.returncode == 1 and says in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["account.json", "ports.json"])
def test_other_files_of_a_phone(fake, name):
    (fake.phone_folder / name).write_text("[" * 100000)
    words = ("account", "status", "fake") if name == "account.json" else ("fastboot", "fake", "devices")
    done = fake("brick", *words)
    assert done.returncode == 1 and done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("account, serial, shown", [
    ("me\x1b[2J\nverdict: home green", "1", "bound to account me?[2J?verdict: home green;"),
    ("\u202eme", "1", "bound to account ?me;"), (["me"], "1", "cannot be read"),
    (7, "1", "cannot be read"), ("me", ["1"], "cannot be read"), ("me", None, "cannot be read"),
], ids=lambda value: ascii(value)[:12])  # fmt: skip
def test_an_account_that_was_edited(fake, account, serial, shown):
    numbers = {"bound_at_s": 0.0, "wait_hours": 360, "clock_ahead_s": 0.0}
    text = json.dumps({"account": account, "serial": serial, **numbers})
    (fake.phone_folder / "account.json").write_text(text)
    done = fake("brick", "account", "status", "fake")
    told = done.stdout + done.stderr
    assert shown in told and "\x1b" not in told and told.count("\n") == 1


@pytest.mark.parametrize("port", [0, -1, 65536, 10**18, 1.5, "5554", "\u00b2", [5554], {}, None])
def test_a_port_that_was_edited(tmp_path, monkeypatch, port):
    monkeypatch.setattr(store, "is_running", lambda folder: True)
    (tmp_path / "ports.json").write_text(json.dumps({qemu.FASTBOOT: port}))
    with pytest.raises(LabError, match="runs without a fastboot port"):
        fastboot.address(tmp_path)


@pytest.mark.parametrize("pid", ["9" * 18, "9" * 5000, "-1", "0", "\u00b2", ""])
def test_the_process_of_a_phone_that_was_edited(tmp_path, pid):
    (tmp_path / "qemu.pid").write_text(pid, encoding="utf-8")
    with pytest.raises(LabError, match="its QEMU is not to be found"):
        power._qemu_of(tmp_path)


@pytest.mark.parametrize("status, code", [
    ("0", 0), ("7", 7), ("255", 255), ("256", 1), ("-1", 1), ("", 1), ("x", 1), ("1 0", 1),
    ("\u00b2", 1), ("\u0663", 1), ("1" * 5000, 1), ("\x1b[2J", 1),
], ids=lambda value: ascii(value)[:12])  # fmt: skip
def test_the_exit_status_that_a_shell_claims(status, code):
    """A phone whose ROM answers what it likes."""

    class Phone:
        log = bytearray(b"before\n")

        def type(self, text: str) -> None:
            self.log += f"{shell.BEGUN}\nanswer\n{shell.ENDED} {status}\n".encode()

        def wait_for(self, look, limit_s: float) -> str | None:
            return look()

    assert shell.ask(Phone(), "true") == ("answer\n", code)


@pytest.mark.parametrize("word", ["\u00b2", "\u0663", "9" * 5000, "99"])
def test_a_number_that_no_story_has(word):
    with pytest.raises(LabError, match="there is no "):
        source.find(word)
