// SPDX-License-Identifier: MIT
// The verdict on a run: the line that tests read (as scripts/lab/verdict.py writes it), and what it
// means for somebody who only passes by.
import { say } from "./language.js";
import { nameOf } from "./names.js";

export const keyOf = (event) => `${event.stage}/${event.event}`;

/** The events since the phone last started. */
export function sincePowerOn(events) {
  const begin = events.findLastIndex((event) => keyOf(event) === "flow/power-on");
  return begin < 0 ? events : events.slice(begin);
}

function startsSomething(event) {
  return event.fate === "boot" || (event.fate === "recovery" && event.screen !== "no-recovery");
}

function refusal(event) {
  if (event.reason === "boot-loop") {
    return "loop boot";
  }
  const regions = String(event.reason).startsWith("region-")
    ? ` made-for=${event.made_for} rom=${event.rom_region}` : "";
  return `${event.fate} ${event.reason}${regions}`;
}

/**
 * "home green rom=cn", "brick region-mismatch made-for=cn rom=global", ...; null: not known yet.
 */
export function verdictWords(events) {
  let found = null;
  let booting = null;
  for (const event of events) {
    switch (keyOf(event)) {
      case "flow/verdict":
        booting = startsSomething(event) ? event : null;
        found = booting ? null : refusal(event);
        break;
      case "rom/home":
        found = booting ? `home ${booting.boot_state} rom=${event.rom}` : found;
        break;
      case "recovery/menu":
        found = booting ? `recovery ${event.mismatch ? "region-mismatch" : booting.reason}` : found;
        break;
    }
  }
  return found;
}

// The first row whose beginning, in whole words, is that of the verdict.
const MEANINGS = [
  ["home green", "good", "It boots. Everything is as the maker signed it.",
    "正常启动。一切都与厂商签名一致。"],
  ["home yellow", "good", "It boots, and warns: the ROM is signed with the owner's own key.",
    "可以启动，但有提示：系统由机主自己的密钥签名。"],
  ["home orange", "good", "It boots, and warns: the phone is unlocked, so anything may run.",
    "可以启动，但有提示：手机已解锁，任何系统都能运行。"],
  ["home", "good", "It boots. In its year nobody checked who made a ROM.",
    "可以启动。那个年代还没有人检查系统由谁制作。"],
  ["brick region-mismatch", "bad", "A brick: made for {made_for}, but the ROM is for {rom_region}.",
    "变砖：手机面向{made_for}，系统却面向{rom_region}。"],
  ["brick region-unknown", "bad", "A brick: the ROM does not say which region it is for.",
    "变砖：系统没有说明面向哪个地区。"],
  ["brick wrong-key", "bad", "A brick: the ROM was not signed by the phone's maker.",
    "变砖：系统不是由手机厂商签名的。"],
  ["brick bad-signature", "bad", "A brick: the ROM's signature is missing or damaged.",
    "变砖：系统的签名缺失或损坏。"],
  ["brick unsupported", "bad", "A brick: the ROM is signed in a way that the phone cannot check.",
    "变砖：系统的签名方式本机不支持。"],
  ["brick bad-hash", "bad", "A brick: the ROM was changed after it was signed.",
    "变砖：系统在签名之后被改动过。"],
  ["loop", "bad",
    "A boot loop: the ROM restarted the phone five times and never came to its home screen.",
    "反复重启：系统连续五次重启手机，始终没有启动完成。"],
  ["brick no-rom", "bad", "A brick: there is nothing on the disk to start.",
    "变砖：存储中没有可启动的系统。"],
  ["brick bad-gpt", "bad", "A brick: the disk's table of partitions is destroyed.",
    "变砖：分区表已损坏。"],
  ["brick bad-board", "bad", "A brick: the phone's own fuses or records are damaged.",
    "变砖：手机自身的熔丝或记录已损坏。"],
  ["brick", "bad", "A brick: the phone refuses to start the ROM.", "变砖：手机拒绝启动系统。"],
  ["dead rollback", "dead", "Dead: the ROM is older than the fuses allow. No screen, no keys.",
    "彻底黑屏：系统版本低于熔丝允许的版本。没有画面，按键无效。"],
  ["dead", "dead", "The screen stays black; only rescue mode answers.", "屏幕全黑，只有救援模式有响应。"],
  ["fastboot", "calm", "Fastboot mode: the phone waits for a computer.", "Fastboot 模式：手机在等待电脑。"],
  ["recovery region-mismatch", "bad",
    "The recovery: “This MIUI version can't be installed on this device”.",
    "恢复模式：“此 MIUI 版本无法安装在本设备上”。"],
  ["recovery", "calm", "The recovery was asked for.", "按要求进入恢复模式。"],
  ["off", "calm", "The phone is off.", "手机已关机。"],
];

/** All that a verdict may be called, {en, zh} each. */
export const SENTENCES = MEANINGS.map(([, , en, zh]) => ({ en, zh }));

const begins = (words, row) => words === row || words.startsWith(`${row} `);

/** {words, mood: good | bad | dead | calm, sentence}; null while nothing is known. */
export function verdictOf(events, language) {
  const words = verdictWords(events);
  const meaning = words === null ? null : MEANINGS.find(([row]) => begins(words, row));
  if (!meaning) {
    return words === null ? null : { words, mood: "calm", sentence: words };
  }
  const [, mood, en, zh] = meaning;
  const last = events.findLast((event) => keyOf(event) === "flow/verdict") ?? {};
  const fields = {
    made_for: nameOf("region", last.made_for, language),
    rom_region: nameOf("region", last.rom_region, language),
  };
  return { words, mood, sentence: say({ en, zh }, language, fields) };
}
