# SPDX-License-Identifier: MIT
"""A YAML file as plain values that remember their line, for messages of the form file:line: what."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, NoReturn

import yaml

from . import outside, paths
from .errors import WRONG_WORDS, LabError
from .near_miss import near_miss

BYTES_MAX = 1 << 20
VALUES_MAX = 100_000  # also what aliases blow up to
DEPTH_MAX = 16
NUMBER_MAX = 10**9
TOO_MUCH = "too much: lists and maps too deep inside each other, or too many aliases"
TAG = "tag:yaml.org,2002:"


class Value:
    """
    A scalar (text), a list or a map. `data` is a str, list[Value] or dict[str, Value]; `tag` is what
    YAML takes it for.
    """

    def __init__(self, data: object, file: str, line: int, tag: str = "") -> None:
        self.data = data
        self.file = file
        self.line = line
        self.tag = tag

    @property
    def place(self) -> str:
        """The same wherever the file is."""
        return f"{Path(self.file).name}:{self.line}"

    def fail(self, message: str) -> NoReturn:
        raise LabError(f"{self.file}:{self.line}: {message}", WRONG_WORDS)

    def text(self, what: str) -> str:
        if not isinstance(self.data, str) or not self.data:
            self.fail(f"{what} must be a word")
        return self.data

    def items(self, what: str) -> list["Value"]:
        if not isinstance(self.data, list):
            self.fail(f"{what} must be a list")
        return self.data

    def words(self, what: str) -> list[str]:
        """One word, or a list of them."""
        if isinstance(self.data, str):
            return [self.text(what)]
        return [item.text(f"each of {what}") for item in self.items(what)]

    def map(self, what: str, keys: tuple[str, ...] | None = None) -> dict[str, "Value"]:
        """The map; a key that is not one of `keys` is an error at its line."""
        if not isinstance(self.data, dict):
            self.fail(f"{what} must be a map")
        for key, value in self.data.items():
            if keys is not None and key not in keys:
                near = near_miss(key, list(keys))
                value.fail(f"{what} has no {key!r}{near} ({', '.join(keys)})")
        return self.data

    def plain(self, line_key: str | None = None) -> object:
        """
        As texts, whole numbers, true, false, None, lists and dicts; `line_key` holds the line in each
        dict. What YAML might take for more, a date for example, is the text that stands there.
        """
        if isinstance(self.data, dict):
            lines = {line_key: self.line} if line_key else {}
            return {key: value.plain(line_key) for key, value in self.data.items()} | lines
        if isinstance(self.data, list):
            return [value.plain(line_key) for value in self.data]
        return SCALARS[self.tag](self.data) if self.tag in SCALARS else self.data


def _number(text: str) -> object:
    found = outside.number(text, NUMBER_MAX)
    return text if found is None else found


SCALARS: dict[str, Callable[[str], object]] = {
    TAG + "null": lambda text: None,
    TAG + "bool": lambda text: {"true": True, "false": False}.get(text.lower(), text),
    TAG + "int": _number,
}


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._count = 0

    def value(self, node: yaml.Node, depth: int = 0) -> Value:
        at = Value(None, self._file, node.start_mark.line + 1, node.tag)
        self._count += 1
        if depth > DEPTH_MAX or self._count > VALUES_MAX:
            at.fail(TOO_MUCH)
        if isinstance(node, yaml.ScalarNode):
            at.data = "" if node.tag == TAG + "null" else node.value
        elif isinstance(node, yaml.SequenceNode):
            at.data = [self.value(item, depth + 1) for item in node.value]
        else:
            at.data = self._map(node, depth)
        return at

    def _map(self, node: yaml.MappingNode, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key, value in node.value:
            at = Value(None, self._file, key.start_mark.line + 1)
            if not isinstance(key, yaml.ScalarNode):
                at.fail("a key must be a word")
            if key.value in found:
                at.fail(f"{key.value} stands here twice (first in line {found[key.value].line})")
            found[key.value] = self.value(value, depth + 1)
        return found


def _check_depth(text: str, name: str, loader: type) -> None:
    """Before anything recurses: libyaml's composer would end the whole process."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX + 1:
            Value(None, name, event.start_mark.line + 1).fail(TOO_MUCH)


def load(file: Path) -> Value:
    """The file's one document, a map; every error names a line."""
    name = paths.short(file)
    try:
        with outside.opened(file) as source:
            data = source.read(BYTES_MAX + 1)
        text = data.decode("utf-8")
    except OSError as error:
        raise LabError(f"{name}: {error.strerror}", WRONG_WORDS) from None
    except UnicodeDecodeError:
        raise LabError(f"{name}:1: it is not UTF-8 text", WRONG_WORDS) from None
    if len(data) > BYTES_MAX:
        raise LabError(f"{name}:1: larger than {BYTES_MAX >> 20} MiB", WRONG_WORDS)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_depth(text, name, loader)
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise LabError(f"{name}:{line}: {said}", WRONG_WORDS) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise LabError(f"{name}:1: it is not YAML", WRONG_WORDS) from None
    if node is None:
        raise LabError(f"{name}:1: there is nothing in it", WRONG_WORDS)
    return _Reader(name).value(node)
