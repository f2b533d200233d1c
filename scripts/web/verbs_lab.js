// SPDX-License-Identifier: MIT
// The lab's own words in the command box: power, keys, cable, rescue mode, and what was decided.
import { CommandError, takeSwitch } from "./command_error.js";
import { KEYS } from "./shared/phone-keys.js";
import { sincePowerOn, verdictWords } from "./shared/verdict.js";
import { whyOf } from "./shared/why.js";

const VERDICT_MS = 20000;
const LOOK_MS = 20;
const PRESS_MS = 150; // longer than the phone's rest between two looks
const PROPERTY = /^getprop ([\w.-]{1,90})(?: (\S+))?$/;
const ACCOUNTS = ["plain", "authorised"];
const USAGE_POWER = "power on [fastboot|recovery], power off";
const HELD_FOR = { fastboot: "volume-down", recovery: "volume-up" };

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const keysOf = (text) => text.split(/[,+]/).filter(Boolean);

function checkKeys(keys) {
  const wrong = keys.find((key) => !KEYS.includes(key));
  if (wrong !== undefined || keys.length === 0) {
    throw new CommandError(`there is no key "${wrong ?? ""}"; a phone has ${KEYS.join(", ")}`,
      `没有 ${wrong ?? ""} 这个键；手机有 ${KEYS.join("、")}`);
  }
  return keys;
}

export async function power(it, { words, say }) {
  const { phone } = it;
  if (words[0] === "off") {
    phone.power.cut();
    say("off", "已关机");
    return;
  }
  const held = takeSwitch(words, "--hold", HELD_FOR[words[1]] ?? null);
  if (words[0] !== "on" || (words[1] && !HELD_FOR[words[1]])) {
    throw new CommandError(`usage: ${USAGE_POWER}`, `用法：${USAGE_POWER}`);
  }
  phone.power.cut();
  await phone.power.on({ hold: held === null ? [] : checkKeys(keysOf(held)) });
  const verdict = await verdictOfThisStart(phone);
  say(`verdict: ${verdict ?? "none yet"}`, `verdict: ${verdict ?? "还没有"}`);
}

/**
 * What it comes to; a phone that restarts on the way is waited for. null: nothing, or it went off.
 */
async function verdictOfThisStart({ machine }) {
  for (let waited = 0; waited < VERDICT_MS && machine.isOn; waited += LOOK_MS) {
    const words = verdictWords(sincePowerOn(machine.events));
    if (words !== null) {
      return words;
    }
    await pause(LOOK_MS);
  }
  return verdictWords(sincePowerOn(machine.events));
}

/** One word after the other; the keys of one go down in their order: volume-down+power. */
export async function press(it, { words }) {
  const chords = words.map((word) => checkKeys(keysOf(word)));
  if (chords.length === 0 || !it.phone.machine.isOn) {
    throw chords.length === 0
      ? new CommandError(
        `usage: press KEY [KEY], of ${KEYS.join(", ")}; volume-down+power: both at once`,
        `用法：press 键名，可用 ${KEYS.join("、")}；volume-down+power 表示同时按`)
      : new CommandError("the phone is off: its power key switches it on (power on)",
        "手机已关机：按电源键开机（power on）");
  }
  for (const chord of chords) {
    chord.forEach((key) => it.phone.keys.press(key, true));
    await pause(PRESS_MS);
    chord.forEach((key) => it.phone.keys.press(key, false));
    await pause(PRESS_MS);
  }
}

/** The sentences of the why panel. */
export function explain(it, { say }) {
  const [rows, zh] = ["en", "zh"].map((language) =>
    whyOf(it.phone.events, language).filter(({ sentence }) => sentence !== ""));
  if (rows.length === 0) {
    throw new CommandError("there is nothing to explain yet: switch it on",
      "还没有可以说明的：请先开机");
  }
  rows.forEach(({ stage, sentence }, at) =>
    say(`${stage.padEnd(8)} ${sentence}`, `${zh[at].name}：${zh[at].sentence}`));
}

export async function rescue(it, { words, say }) {
  const { site, scene, machine } = it.phone;
  const bare = words.find((word) => ACCOUNTS.includes(word)) ?? "authorised";
  const who = takeSwitch(words, "--account", bare);
  const rom = words.find((word) => word !== who) ?? "";
  if (!ACCOUNTS.includes(who) || !site.hasRom(scene.model, rom)) {
    const usage = `rescue ${[...site.roms.keys()].join("|")} [--account ${ACCOUNTS.join("|")}]`;
    throw new CommandError(`usage: ${usage}`, `用法：${usage}`);
  }
  if (!machine.isOn || machine.doing !== "bootloader") {
    const [state, zh] = machine.isOn ? ["is started", "已经启动"] : ["is off", "已关机"];
    throw new CommandError(`the phone is not in rescue mode: it ${state}`,
      `手机不在救援模式：${zh}`);
  }
  const client = await import("./rescue.js"); // few need it
  await client.rescue(it, who, rom, say);
}

/** getprop alone: no kernel runs in a page, and the ROM's own code has its properties. */
export async function shell(it, { words, say }) {
  const { machine, power } = it.phone;
  const asked = words.join(" ").split(";").map((line) => PROPERTY.exec(line.trim()));
  if (asked.includes(null)) {
    throw new CommandError(
      "no Linux runs in this page, and so no shell and no adb: only shell getprop NAME, "
        + "such as shell getprop ro.build.fingerprint",
      "这个网页里没有运行 Linux，所以没有 shell 和 adb：只有 shell getprop 名字，"
        + "例如 shell getprop ro.build.fingerprint");
  }
  const wasOff = !machine.isOn;
  if (wasOff) { // as scripts/phone shell
    await power.on();
    await verdictOfThisStart(it.phone);
  }
  const values = asked.map(([, key, otherwise]) => machine.property(key, otherwise));
  if (wasOff) {
    power.cut();
  }
  if (values.includes(null)) {
    throw new CommandError("no ROM runs that could be asked: power on", "没有系统在运行，无法询问：power on");
  }
  values.forEach((value) => say(value));
}

export function cable(it, { say }) {
  it.pullCable();
  say("the cable was pulled, and put in again", "数据线拔下，又插上了");
}

export async function factory(it, { say }) {
  await it.phone.factoryNew();
  say("factory new", "已恢复出厂状态");
}
