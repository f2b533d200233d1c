# SPDX-License-Identifier: MIT
"""
Stories of the lock, played step by step: what `phone play`, the tests and the page share.

    story = source.load(source.find("classic"))
    with Player(story, Bench()) as player:
        for event in player.begin():          # the phone is made
            show(event)
        for step in story.steps:              # step.why, .question, .words: texts in en and zh
            for event in player.play(step):   # Failed: file, line, step, expected, seen
                show(event)

`source` reads the files, `events` is what a player yields, `bench` is where phones and commands come
from (a consumer may bring one of its own), `kinds` is what a step can do, on a `stage`.
"""
