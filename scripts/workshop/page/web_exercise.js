// SPDX-License-Identifier: MIT
// An exercise on a phone of this browser: it is prepared here, the server has its words and grades
// it by what this browser says of the phone.
import { Player } from "/web/story.js";
import { rollbackFuses } from "/web/nor.js";
import { t } from "./language.js";

export class LocalExercise {
  #plan;
  #phone;
  #web;
  #server;
  #tell;
  #player = null;
  #state = null;

  /**
   * plan: {name, phone, setup, roms}, as scripts/web/stories.py writes it. phone: its name. events():
   * those of its last start. tell(state) hears how it stands.
   */
  constructor(plan, { phone, web, server, events, tell }) {
    this.#plan = plan;
    this.#phone = phone;
    this.#web = web;
    this.#server = server;
    this.events = events;
    this.#tell = tell;
  }

  async begin() {
    const { name, phone, setup, roms } = this.#plan;
    const { story } = await this.#server.do("exercise", { phone: this.#phone, kind: "exercise", name });
    this.#change({ ...story, phase: "making" });
    this.#player = new Player({ name, phone, steps: setup }, this.#web);
    this.#web.site.aliases = new Map(Object.entries(roms));
    await this.#player.begin();
    for (let number = 1; number <= setup.length; number++) {
      await this.#player.play(number);
    }
    this.#web.clearOutput();
    this.#change({ phase: "working" });
  }

  /** May this line be typed? Some are solved without being told why. */
  allows(line) {
    return !(this.#state?.hide.includes("why") && /^\s*explain\b/.test(line));
  }

  async check({ answer = null }) {
    const { story } = await this.#server.do("check_claim", {
      phone: this.#phone, kind: "exercise", name: this.#plan.name, answer, events: this.events(),
      seen: { user_data: this.#player.hasOwnersData() ? "there" : "gone",
        fuses: String(rollbackFuses(this.#web.machine.nor)) },
    });
    this.#change(story);
  }

  end() {
    this.#player?.stop();
    this.#web.site.aliases = new Map();
  }

  #change(what) {
    this.#state = { ...this.#state, error: "", ...what };
    this.#tell(this.#state);
  }

  fail(error) {
    this.#change({ phase: "failed", error: t("no_exercise", { why: error.message }) });
  }
}
