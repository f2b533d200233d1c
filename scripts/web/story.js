// SPDX-License-Identifier: MIT
// Plays a story on a phone of the page, a step at a time: what is done, and what must come of it.
// The stories are tests/scenarios/*.yaml, as stories.py puts them; scripts/lab/story plays the same
// ones on QEMU's phones.
import { rollbackFuses } from "./nor.js";
import { keyOf, sincePowerOn, verdictWords } from "./shared/verdict.js";

const WAIT_MS = 60000;
const LOOK_MS = 30;
const OWNERS = new TextEncoder().encode("holiday pictures of the phone's owner\n");
const OWNERS_AT = 1 << 20; // in userdata
const FORCED = ["vbmeta", "boot"];

const n = (en, zh) => ({ en, zh });
const NOTES = {
  remember: n("the disk as it is now was noted", "已记下存储器此刻的内容"),
  same: n("compared: not one byte of the disk has changed", "比对结果：存储器一个字节都没有变"),
  leave: n("the owner's pictures are put on the phone", "机主的照片已放进手机"),
  there: n("the owner's pictures are still there", "机主的照片还在"),
  gone: n("the owner's pictures are gone", "机主的照片没有了"),
  fuses: n("the rollback fuses count {count}", "防回滚熔丝的计数是 {count}"),
  force: n("a custom recovery writes the ROM {rom}", "第三方恢复系统写入系统 {rom}"),
  event: n("the phone reports: {what}", "手机报告：{what}"),
};

/** A step came out differently than its file says. */
export class StoryFailed extends Error {
  constructor(story, step, number, expected, seen) {
    super(`tests/scenarios/${story.name}.yaml:${step.line}: step ${number} (${step.kind}): `
      + `expected ${expected}; seen: ${seen}`);
    this.zh = `tests/scenarios/${story.name}.yaml:${step.line}：第 ${number} 步（${step.kind}）：`
      + `应为 ${expected}；实际是：${seen}`;
  }
}

const SEEN = new Set(["restarts", "verdict", "event"]); // what the phone shows by itself
const powerOns = (events) => events.filter((event) => keyOf(event) === "flow/power-on").length;
const begins = (words, wanted) => words === wanted || words?.startsWith(`${wanted} `);

export class Player {
  #restarts = 0; // of the phone, before the last command
  #disk = null; // as it was, when it was remembered
  #release = () => {}; // lets a restart go on that waits for the answer to a question

  /**
   * phone: a WebPhone. onNote({en, zh}, fields) hears what is done beside the command box. waitMs:
   * how long the phone is waited for.
   */
  constructor(story, phone, { onNote = () => {}, waitMs = WAIT_MS } = {}) {
    this.story = story;
    this.phone = phone;
    this.onNote = onNote;
    this.waitMs = waitMs;
    this.isStopped = false;
  }

  /** The phone that the story is about, fresh from the factory. */
  begin() {
    return this.#make(this.story.phone);
  }

  /** The step of this number, from 1; StoryFailed when it comes out differently. */
  async play(number) {
    const [step, next] = this.story.steps.slice(number - 1);
    this.#release();
    this.#release = next?.question && SEEN.has(next.kind)
      ? this.phone.machine.holdRestart() : () => {};
    const fail = (expected, seen) => {
      throw new StoryFailed(this.story, step, number, expected, seen);
    };
    await KINDS[step.kind](this, step, fail);
  }

  /** What waits gives up. */
  stop() {
    this.isStopped = true;
    this.#release();
  }

  get events() {
    return this.phone.events;
  }

  async #make(scene) {
    await this.phone.factoryNew(scene);
    await this.phone.machine.disk.arrived;
  }

  async #find(look, fail, wanted) {
    for (let waited = 0; waited < this.waitMs && !this.isStopped; waited += LOOK_MS) {
      const found = look();
      if (found) {
        return found;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return fail(wanted, verdictWords(sincePowerOn(this.events)) ?? "nothing of the phone");
  }

  // What steps do.

  another(step) {
    return this.#make(step.what);
  }

  async type({ what, says = [], exit = 0 }, fail) {
    this.#restarts = powerOns(this.events);
    const said = [];
    const { isOkay } = await this.phone.run(what, (text) => said.push(...text.split("\n")));
    const last = said.at(-1) ?? "nothing";
    if (isOkay !== (exit === 0)) {
      fail(`that it ${exit === 0 ? "is done" : "fails"}`, last);
    }
    const missing = says.find((words) => !said.some((line) => line.includes(words)));
    if (missing !== undefined) {
      fail(`the words '${missing}'`, last);
    }
  }

  async verdict({ what }, fail, isNew = false) {
    const before = this.#restarts;
    await this.#find(() => (!isNew || powerOns(this.events) > before)
      && begins(verdictWords(sincePowerOn(this.events)), what), fail, what);
    this.#restarts = powerOns(this.events);
  }

  async event({ what: { name, ...fields } }, fail) {
    const wanted = Object.entries(fields);
    await this.#find(() => {
      const last = this.events.findLast((event) => keyOf(event) === name);
      return last && wanted.every(([key, value]) => last[key] === value);
    }, fail, `${name} ${wanted.map((pair) => pair.join("=")).join(" ")}`);
    this.onNote(NOTES.event, { what: [name, ...Object.values(fields)].join(" ") });
  }

  remember() {
    this.#disk = this.phone.machine.disk.copy();
    this.onNote(NOTES.remember);
  }

  same({ what }, fail) {
    if (this.#disk === null || !this.phone.machine.disk.isSame(this.#disk)) {
      fail(`the ${what} as it was`, "it was changed");
    }
    this.onNote(NOTES.same);
  }

  /** Is what the owner left on the phone still there? */
  hasOwnersData() {
    const { disk, partitions } = this.phone.machine;
    const found = new Uint8Array(OWNERS.length);
    disk.read(partitions.userdata[0] + OWNERS_AT, found);
    return found.every((byte, index) => byte === OWNERS[index]);
  }

  userData({ what }, fail) {
    const { disk, partitions } = this.phone.machine;
    if (what === "leave") {
      disk.write(partitions.userdata[0] + OWNERS_AT, OWNERS);
    } else {
      const isThere = this.hasOwnersData();
      if (isThere !== (what === "there")) {
        fail(`the owner's data ${what}`, isThere ? "it is still there" : "it is gone");
      }
    }
    this.onNote(NOTES[what]);
  }

  fuses({ what }, fail) {
    const count = rollbackFuses(this.phone.machine.nor);
    if (count !== what) {
      fail(`fuses that count ${what}`, count);
    }
    this.onNote(NOTES.fuses, { count });
  }

  /** What a custom recovery does: writes a ROM past every check. */
  async force({ what }, fail) {
    const { machine, site, scene } = this.phone;
    if (machine.isOn) {
      fail("a phone that is off", "it is on");
    }
    const images = await site.images(scene.model, what);
    FORCED.forEach((name) => images.get(name).writeTo(machine.disk, machine.partitions[name][0]));
    this.onNote(NOTES.force, { rom: what });
  }
}

const KINDS = {
  type: (player, step, fail) => player.type(step, fail),
  phone: (player, step) => player.another(step),
  restarts: (player, step, fail) => player.verdict(step, fail, true),
  verdict: (player, step, fail) => player.verdict(step, fail),
  event: (player, step, fail) => player.event(step, fail),
  remember: (player) => player.remember(),
  same: (player, step, fail) => player.same(step, fail),
  user_data: (player, step, fail) => player.userData(step, fail),
  fuses: (player, step, fail) => player.fuses(step, fail),
  force: (player, step, fail) => player.force(step, fail),
};
