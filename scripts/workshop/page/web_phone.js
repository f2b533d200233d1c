// SPDX-License-Identifier: MIT
// A phone that runs in this browser (scripts/web): it stands behind the same interface as one of
// the server's (phone.js), and the server is told its trace, so that the leader's wall can show it.
import { sincePowerOn, verdictWords, keyOf } from "/shared/verdict.js";
import { LocalExercise } from "./web_exercise.js";
import { Picture } from "./web_picture.js";
import { LocalTelling } from "./web_telling.js";
import { t } from "./language.js";

const CLAIM_MS = 400;
const EVENTS_MAX = 200; // of a claim (claimed.py)
const HELD = { fastboot: ["volume-down"], recovery: ["volume-up"] };
const SCRIPTS = {
  "flash_all.sh": "flash_all",
  "flash_all_lock.sh": "flash_all_lock",
  "flash_all_except_storage.sh": "flash_all_except_storage",
};
const ANDROID_ONE = "android-one";
const TYPES = { typed: "typed", said: "said", wrong: "error" };

async function get(name) {
  const answer = await fetch(`/web/${name}`);
  if (!answer.ok) {
    throw new Error(t("odd_answer", { status: answer.status }));
  }
  return new Uint8Array(await answer.arrayBuffer());
}

/** In both languages where the words are ours; else they stay as they are. */
const sidesOf = ({ text, zh }) => (zh ? { sides: { en: text, zh } } : {});

/** The facts of a label in the words of scripts/web. */
const sceneOf = ({ model, region, rom, lock, policy }) =>
  ({ model, made_for: region, rom, lock, policy });

/** What a browser needs once: the page's modules and the site's table. */
async function load() {
  const [{ Site }, { Store }, { WebPhone }] = await Promise.all(
    [import("/web/site.js"), import("/web/store.js"), import("/web/web_phone.js")]);
  return { site: await new Site(get).open(), store: await new Store().open(), WebPhone };
}

/**
 * `phone` (phone.js) becomes one that runs here. Resolves when it can be switched on.
 * page: {isFrozen(), onStory(state): a story on it has begun, gone on or ended}
 */
export async function comeAlive(phone, server, page) {
  const { site, store, WebPhone } = await load();
  const local = new LocalPhone(phone, server, new WebPhone(site, store), page);
  await local.begin();
  phone.local = local;
  local.tellAll();
}

class LocalPhone {
  #phone;
  #server;
  #page;
  #lines = new WeakMap(); // a line of its output -> the same, as the workshop's page has them
  #claimed = "";
  #timer = 0;
  #generation = 0;
  #telling = null;
  #story = null; // which, and how far: what is told of it
  cableOut = false;

  constructor(phone, server, web, page) {
    this.#phone = phone;
    this.#server = server;
    this.web = web;
    this.#page = page;
  }

  async begin() {
    const mark = this.#mark();
    const kept = localStorage.getItem("flashlab-phone") === mark && await this.web.takeKept(null);
    if (!kept) {
      await this.#makeNew();
    }
    this.#generation = this.#phone.label.generation;
    for (const kind of ["trace", "power", "label"]) {
      this.web.addEventListener(kind, () => this.#changed());
    }
    this.web.addEventListener("output", () => this.#tellOutput());
    new Picture(this.web, (blob) => this.#server.picture(this.#phone.name, blob));
  }

  tellAll() {
    this.#changed();
    this.#tellOutput();
  }

  #mark() {
    const { name, generation } = this.#phone.label;
    return `${name}/${generation}`;
  }

  async #makeNew() {
    await this.web.factoryNew(sceneOf(this.#phone.label.facts));
    localStorage.setItem("flashlab-phone", this.#mark());
  }

  /** The server's label was told: the leader may have reset the phone. */
  async heard() {
    if (this.#phone.label.generation !== this.#generation) {
      this.#generation = this.#phone.label.generation;
      this.#telling?.end();
      await this.#makeNew();
    }
  }

  /** Over the server's label: what this browser knows better. */
  label() {
    const { machine, scene } = this.web;
    const events = sincePowerOn(this.web.events);
    const said = Object.fromEntries(events.map((event) => [keyOf(event), event]));
    const words = machine.isOn ? verdictWords(events) : null;
    return {
      model: scene.model, title: this.web.about.name, released: String(this.web.about.released),
      made_for: scene.made_for, policy: scene.policy,
      lock: said["storage/state"]?.lock ?? scene.lock, rom: said["verify/claims"]?.rom ?? scene.rom,
      slot: said["storage/slot"]?.slot ?? null, index: this.web.rollback,
      state: machine.isOn ? "on" : "off", verdict: words,
      mode: machine.isOn ? words?.split(" ")[0] ?? "starting" : "off",
      busy: this.web.isBusy ? t("flashing") : "", cable: !this.cableOut,
    };
  }

  #changed() {
    this.#phone.heardLocal(sincePowerOn(this.web.events));
    this.#timer ||= setTimeout(() => this.#claim(), CLAIM_MS);
  }

  /** The last start, whole: so that one that is lost does no harm. */
  #claim() {
    this.#timer = 0;
    const claim = {
      phone: this.#phone.name, state: this.web.machine.isOn ? "on" : "off",
      generation: this.#generation,
      events: sincePowerOn(this.web.events).slice(-EVENTS_MAX),
      story: this.#story,
    };
    const text = JSON.stringify(claim);
    if (text === this.#claimed) {
      return;
    }
    this.#server.claim(claim).then(() => { this.#claimed = text; }, () => {
      this.#timer ||= setTimeout(() => this.#claim(), 4 * CLAIM_MS);
    });
  }

  #tellOutput() {
    this.#phone.heardLocalOutput(this.web.output.map((line) => {
      if (this.#lines.get(line)?.type !== TYPES[line.kind]) {
        this.#lines.set(line, { type: TYPES[line.kind], text: line.text, ...sidesOf(line) });
      }
      return this.#lines.get(line);
    }));
  }

  // What may be done with it: the verbs of the server's phones.

  /** As the server answers: what is wrong is told as "refused", and gives nothing. */
  async do(verb, request = {}) {
    const does = this.#VERBS[verb];
    if (!does || this.#page.isFrozen()) {
      this.#server.refuse(this.#page.isFrozen() ? t("frozen") : t("not_in_browser"));
      return null;
    }
    await does(request);
    return {};
  }

  upload(file) {
    this.web.files.set(file.name.replace(/[^\w.-]/g, "_").slice(-60), file);
    this.web.say(t("uploaded", { file: file.name }));
  }

  /** A line, as if it was typed; false: it failed. */
  async run(line) {
    if (this.cableOut && !/^(power|press|explain|help|account (bind|wait))/.test(line)) {
      this.#server.refuse(t("cable_out"));
      return false;
    }
    if (this.#telling?.allows?.(line) === false) {
      this.#server.refuse(t("no_explain"));
      return false;
    }
    const done = this.web.run(line);
    this.#changed();
    const { isOkay } = await done;
    this.#changed();
    return isOkay;
  }

  #isIn(begins) {
    return this.web.machine.isOn && verdictWords(sincePowerOn(this.web.events))?.startsWith(begins);
  }

  async #inFastboot(...lines) {
    const all = this.#isIn("fastboot") ? lines : ["power on --hold volume-down", ...lines];
    for (const line of all) {
      if (!await this.run(line)) {
        return;
      }
    }
  }

  async #rescue({ account, rom }) {
    if (!this.#isIn("dead")) {
      await this.#inFastboot("fastboot oem edl");
    }
    await this.run(`rescue ${rom} --account ${account}`);
  }

  #power({ what, hold }) {
    if (what === "on") {
      return this.web.power.on({ hold: HELD[hold] ?? [] });
    }
    return this.web.power.cut();
  }

  #cable({ out }) {
    this.cableOut = out;
    if (out) {
      this.web.power.pullCable();
    }
    this.#changed();
  }

  #lock() {
    const isAndroidOne = this.web.about.os === ANDROID_ONE;
    return this.#inFastboot(isAndroidOne ? "fastboot flashing lock" : "fastboot oem lock");
  }

  #VERBS = {
    power: (request) => this.#power(request),
    press: ({ keys }) => this.web.commands.run(`press ${keys}`, () => {}),
    command: ({ line }) => this.run(line),
    cable: (request) => this.#cable(request),
    stop: () => this.web.power.pullCable(),
    flash: ({ rom, script }) => this.#inFastboot(`${SCRIPTS[script]} ${rom}`),
    bind: () => this.run("account bind"),
    wait: ({ hours }) => this.run(`account wait ${hours}h`),
    unlock: () => this.#inFastboot("account unlock"),
    lock: () => this.#lock(),
    rescue: (request) => this.#rescue(request),
    factory: () => this.#makeNew(),
    story: (request) => this.#begin(request),
    check: (request) => this.#telling?.check?.(request),
    next: () => this.#telling?.next(),
    vote: ({ answer }) => this.#telling?.vote(answer),
    end: () => this.#endTelling(),
  };

  // Stories.

  async #begin({ kind, name }) {
    this.#telling?.end();
    const { stories, exercises } = await this.web.site.stories();
    const found = (kind === "story" ? stories : exercises).find((each) => each.name === name);
    if (!found) {
      this.#server.refuse(t("not_in_browser"));
      return;
    }
    this.#telling = kind === "story"
      ? new LocalTelling(found, this.web, (state) => this.#told(state)) : this.#exercise(found);
    await this.#telling.begin().catch((error) => this.#telling.fail(error));
  }

  #exercise(plan) {
    return new LocalExercise(plan, {
      phone: this.#phone.name, web: this.web, server: this.#server,
      events: () => sincePowerOn(this.web.events).slice(-EVENTS_MAX),
      tell: (state) => this.#told(state),
    });
  }

  #endTelling() {
    this.#telling?.end();
    this.#telling = null;
    this.#told(null);
  }

  #told(story) {
    this.#story = story && { kind: story.kind, name: story.name, phase: story.phase,
      number: story.number ?? 0 };
    this.#phone.heardStory({ story });
    this.#page.onStory(story);
    this.#changed();
  }
}
