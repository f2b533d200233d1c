// SPDX-License-Identifier: MIT
// A story on a phone of this browser, told as the server tells its own (telling.py): the same
// state, so that the same page shows it.

const FOLD_LINES = 3; // so many are shown whole
const ALONE = [0, 0, 0, 0]; // votes: there is nobody else

export class LocalTelling {
  #story;
  #web;
  #tell;
  #player = null;
  #state;
  #chosen = null;

  /** tell(state) hears how it stands; what state is: page/story.js shows it. */
  constructor(story, web, tell) {
    this.#story = story;
    this.#web = web;
    this.#tell = tell;
    this.#state = { kind: "story", name: story.name, title: story.title, phase: "making", number: 0,
      total: story.steps.length, why: null, question: null, shown: [], said: "", error: "",
      lesson: null, hide: [] };
  }

  async begin() {
    const { Player } = await import("/web/story.js");
    this.#player = new Player(this.#story, this.#web,
      { onNote: (text, fields = {}) =>
        this.#shows({ event: "noted", text: filled(text, fields) }) });
    this.#change({ phase: "making" });
    await this.#player.begin();
    this.#change({ phase: "shown" });
  }

  /** Runs the step that is asked about, or goes on to the next one. */
  async next() {
    const { phase, number, total } = this.#state;
    if (phase === "asking") {
      await this.#run();
    } else if (phase === "shown" && number < total) {
      await this.#goTo(number + 1);
    } else if (phase === "shown") {
      this.#change({ phase: "done", question: null, lesson: this.#story.lesson });
    }
  }

  vote(answer) {
    if (this.#state.phase === "asking") {
      this.#chosen = answer;
      this.#change({ question: this.#question(false) });
    }
  }

  end() {
    this.#player?.stop();
  }

  fail(error) {
    this.#change({ phase: "failed", error: inBoth(error) });
  }

  async #goTo(number) {
    const { why, question } = this.#story.steps[number - 1];
    this.#chosen = null;
    this.#change({ number, why, shown: [], question: null });
    if (question) {
      this.#change({ phase: "asking", question: this.#question(false) });
    } else {
      await this.#run();
    }
  }

  async #run() {
    const { number } = this.#state;
    const step = this.#story.steps[number - 1];
    const before = this.#web.output.length;
    this.#change({ phase: "running" });
    if (step.kind === "type") {
      this.#shows({ event: "typed", line: step.what });
    }
    try {
      await this.#player.play(number);
    } catch (error) {
      this.#change({ phase: "failed", error: inBoth(error) });
      return;
    }
    const said = this.#web.output.slice(before + 1);
    if (step.kind === "type" && said.length > 0) {
      this.#shows({ event: "ended", shown: folded(said, step.says ?? []), lines: said.length });
    }
    this.#change({ phase: "shown", question: step.question ? this.#question(true) : null });
  }

  #question(isKnown) {
    const { ask, answers, right, after } = this.#story.steps[this.#state.number - 1].question;
    const votes = ALONE.slice(0, answers.length);
    if (this.#chosen !== null) {
      votes[this.#chosen] = 1;
    }
    return { ask, answers, votes, right: isKnown ? right : null, after: isKnown ? after : null };
  }

  #shows(what) {
    this.#change({ shown: [...this.#state.shown, what] });
  }

  #change(what) {
    this.#state = { ...this.#state, ...what };
    this.#tell(this.#state);
  }
}

/** An error's words; `told` (language.js) picks. */
const inBoth = ({ message, zh }) => (zh ? { en: message, zh } : { en: message });

const filled = (text, fields) => Object.fromEntries(Object.entries(text).map(([language, words]) =>
  [language, words.replace(/\{(\w+)\}/g, (all, name) => fields[name] ?? all)]));

/** Of a long output what is waited for and the last line, as scripts/lab/story folds it. */
function folded(lines, wanted) {
  const last = lines.length - 1;
  return lines
    .filter(({ text }, at) => lines.length <= FOLD_LINES || at === last
      || wanted.some((words) => text.includes(words)))
    .map(({ text, zh }) => (zh ? { en: text, zh } : text));
}
