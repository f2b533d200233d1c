# SPDX-License-Identifier: MIT
"""Copies of the tree side by side: each piece of work is done in the next one that is free."""

from __future__ import annotations

import queue
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Callable, Iterable, Iterator, TypeVar

from tree import Tree

What = TypeVar("What")
Result = TypeVar("Result")


class Pool:
    """`jobs` copies, from the first `with` to its end, however that comes."""

    def __init__(self, jobs: int) -> None:
        self.trees = [Tree() for _ in range(jobs)]
        self.free: queue.SimpleQueue[Tree] = queue.SimpleQueue()
        self.threads = ThreadPoolExecutor(jobs)

    def __enter__(self) -> "Pool":
        try:
            list(self.threads.map(Tree.make, self.trees))
        except BaseException:
            self.__exit__()
            raise
        for tree in self.trees:
            self.free.put(tree)
        return self

    def __exit__(self, *error: object) -> None:
        for tree in self.trees:
            tree.stop()
        self.threads.shutdown(cancel_futures=True)
        for tree in self.trees:
            tree.remove()

    def build(self, tests: list[str]) -> None:
        """In every copy what these tests need, so that a mistake costs only what it changes."""
        list(self.threads.map(lambda tree: tree.build(tests), self.trees))

    def each(
        self, do: Callable[[Tree, What], Result], whats: Iterable[What]
    ) -> Iterator[tuple[What, Result]]:
        """Does it with each, and says what came of it, in the order in which they finish."""

        def in_a_free_one(what: What) -> Result:
            tree = self.free.get()
            try:
                return do(tree, what)
            finally:
                self.free.put(tree)

        of = {self.threads.submit(in_a_free_one, what): what for what in whats}
        for future in as_completed(of):
            yield of[future], future.result()
