// SPDX-License-Identifier: MIT
// Puts the page together.
import { Bench } from "./bench.js";
import { Classroom } from "./classroom.js";
import { h, refill, showIn, text } from "./dom.js";
import { ExerciseView } from "./exercise.js";
import { showLarge } from "./large.js";
import { both, language, onLanguage, setLanguage, t, told } from "./language.js";
import { Phones } from "./phone.js";
import { questionCard } from "./question.js";
import { Server } from "./server.js";
import { Chooser } from "./stories.js";

const NOTICE_MS = 8000;
// A reload comes back to the same view and phone; another tab has its own.
const VIEW = "flashlab-view";
const SELECTED = "flashlab-selected";

class App {
  server = new Server();
  phones = new Phones(this.server);
  stock = null;
  you = { role: "student" };
  me = { solved: [] };
  classState = null;
  selected = null;
  #wanted = sessionStorage.getItem(SELECTED); // a phone that is to be selected when it comes
  #views = {};
  #view = "bench";
  #notice = h("p.notice", { role: "alert", hidden: true });
  #noticed = "";
  #status = h("p.status", { role: "status" });
  #frozen = h("p.frozen", { role: "alert", hidden: true });
  #poll = h("section.poll", { hidden: true });
  #asked = null;
  #isFrozen = false;
  #nav = h("nav");
  #holder = h("div.holder");

  get leads() {
    return this.you.role === "leader";
  }

  get hasClass() {
    return Boolean(this.classState?.code);
  }

  /** The phones that stand on this person's bench. */
  mine() {
    return [...this.phones.all.values()].filter(({ label }) => !this.leads || !label.owner);
  }

  async start() {
    this.stock = await this.server.shelf();
    this.#views.bench = new Bench(this);
    this.#views.stories = new Chooser(this, "story", this.stock.stories);
    this.#views.exercises = new Chooser(this, "exercise", this.stock.exercises, ExerciseView);
    this.#build();
    this.#listen();
    this.server.open();
  }

  #listen() {
    this.server.on("whole", (whole) => this.#whole(whole));
    this.server.on("class", (message) => {
      this.classState = message.class;
      this.#views[this.#view].show();
    });
    this.server.on("solved", ({ solved }) => {
      this.me = { solved };
    });
    this.server.on("poll", ({ poll }) => this.#showPoll(poll));
    this.server.on("story", ({ story }) => this.#followStory(story));
    this.server.on("refused", ({ message }) => this.notice(message));
    this.server.on("frozen", ({ frozen }) => this.#freeze(frozen));
    this.server.on("connection", ({ connected }) => {
      document.body.dataset.connected = connected;
      text(this.#status, connected ? "" : t("lost"));
    });
    this.server.on("shown-out", () => text(this.#status, t("ended")));
    this.server.on("phone", ({ phone }) => this.#wake(this.phones.all.get(phone)));
    this.server.on("begin", ({ phone, what, name }) =>
      this.phones.all.get(phone)?.commands.story("story", { kind: what, name }));
    this.phones.addEventListener("change", () => this.#change());
  }

  /** A phone that is to run in this browser is set up here. */
  async #wake(phone) {
    if (this.leads || phone?.kind !== "elsewhere" || phone.isWaking) {
      return;
    }
    phone.isWaking = true;
    try {
      const { comeAlive } = await import("./web_phone.js");
      await comeAlive(phone, this.server, {
        isFrozen: () => this.#isFrozen,
        onStory: (story) => this.#followStory(story),
      });
    } catch (error) {
      this.notice(t("no_web_phone", { why: error.message }));
    }
    phone.isWaking = false;
  }

  #whole({ you, frozen, solved, poll, ...rest }) {
    this.you = you;
    this.phones.all.forEach((phone) => this.#wake(phone));
    this.me = { solved };
    this.classState = rest.class;
    if (this.leads && !this.#views.class) {
      this.#views.class = new Classroom(this);
    }
    this.#freeze(frozen);
    this.#showPoll(poll);
    this.#change();
  }

  /**
   * A story that was sent to a student opens by itself; one that has ended gives way to the list.
   */
  #followStory(story) {
    const mine = this.selected?.story;
    if (story && !this.leads && story.phase === "making") {
      this.show(story.kind === "story" ? "stories" : "exercises");
    } else if (!mine || this.#view !== "bench") {
      this.#views[this.#view].show();
    }
  }

  /** What the leader's story asks is asked here too. */
  #showPoll(poll) {
    const isNew = poll?.phase === "asking" && this.#asked?.phase !== "asking";
    this.#asked = poll;
    this.#poll.hidden = !poll;
    if (poll) {
      const close = h("button.plain", { type: "button", onclick: () => {
        this.#poll.hidden = true;
      } }, t("close"));
      refill(this.#poll, h("header", {}, h("h2", {}, both(poll.title)),
        poll.phase === "asking" ? "" : close),
        questionCard(poll.question, poll.phase,
          (answer) => this.server.do("vote_in_class", { answer }).catch(() => {})));
    }
    if (isNew) {
      this.#poll.scrollIntoView({ block: "nearest" }); // on a telephone, who reads further below
    }
  }

  #build() {
    const large =
      h("button", { type: "button", onclick: () => this.selected && showLarge(this.selected) });
    const other = h("button.language",
      { type: "button", onclick: () => setLanguage(language() === "en" ? "zh" : "en") });
    const title = h("h1.title");
    onLanguage(() => {
      document.title = t("title");
      title.textContent = t("title");
      large.textContent = t("large");
      other.textContent = t("other_language");
      other.lang = language() === "en" ? "zh" : "en";
      this.#showNav();
      this.#showPoll(this.#asked);
      text(this.#notice, told(this.#noticed));
      text(this.#frozen, t("frozen"));
    });
    document.body.replaceChildren(h("header.top", {}, title, this.#nav, this.#status, large, other),
      this.#frozen, this.#notice, this.#poll, this.#holder);
  }

  #showNav() {
    refill(this.#nav, ...Object.keys(this.#views).map((view) => h("button.tab", {
      type: "button", "aria-current": view === this.#view ? "page" : null,
      onclick: () => this.show(view),
    }, t(view))));
  }

  show(view) {
    sessionStorage.setItem(VIEW, view);
    this.#open(view);
  }

  #open(view) {
    this.#view = view;
    this.#showNav();
    if (showIn(this.#holder, this.#views[view].element)) {
      scrollTo(0, 0);
    }
    this.#views[view].show();
  }

  select(phone) {
    this.selected = phone;
    sessionStorage.setItem(SELECTED, phone.name);
    this.#views[this.#view].show();
  }

  selectSoon(name) {
    this.#wanted = name;
    this.#change();
  }

  #change() {
    const mine = this.mine();
    const wanted = mine.find(({ name }) => name === this.#wanted);
    if (wanted) {
      this.#wanted = null;
    }
    const known = mine.find(({ name }) => name === this.selected?.name);
    this.selected = wanted ?? known ?? mine[0] ?? null;
    const view = sessionStorage.getItem(VIEW);
    this.#open(view in this.#views ? view : "bench");
  }

  #freeze(frozen) {
    this.#isFrozen = frozen;
    this.#frozen.hidden = !frozen;
    text(this.#frozen, t("frozen"));
  }

  notice(message) {
    this.#notice.hidden = false;
    this.#noticed = message;
    text(this.#notice, told(message));
    clearTimeout(this.noticeTimer);
    this.noticeTimer = setTimeout(() => {
      this.#notice.hidden = true;
    }, NOTICE_MS);
  }
}

setLanguage(language());
new App().start();
