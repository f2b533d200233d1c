// SPDX-License-Identifier: MIT
// The why panel's contents: each stage of the boot, lit by the events of the trace, with a sentence
// for somebody who only passes by. Pure: events in, values out.
import { say } from "./language.js";
import { nameOf } from "./names.js";
import { keyOf, sincePowerOn } from "./verdict.js";

/** The stages in their order, each with the question that it answers. */
export const STAGES = [
  { stage: "power-on", en: "Power-on", zh: "开机",
    asks: { en: "What runs first?", zh: "最先运行的是什么？" } },
  { stage: "board", en: "Board", zh: "主板", asks: { en: "What phone is this?", zh: "这是什么手机？" } },
  { stage: "storage", en: "Storage", zh: "存储",
    asks: { en: "What does it remember?", zh: "它记得什么？" } },
  { stage: "verify", en: "Verify", zh: "校验",
    asks: { en: "Is the ROM authentic?", zh: "系统是正版的吗？" } },
  { stage: "policy", en: "Policy", zh: "策略", asks: { en: "May it run here?", zh: "可以在这里运行吗？" } },
  { stage: "end", en: "Boot | brick", zh: "启动｜变砖", asks: { en: "What comes of it?", zh: "结果如何？" } },
];

/**
 * Stage, event, {field: value, ...} that must be so ({}: always), state, sentence in English, in
 * Chinese. The first row that fits an event counts; an empty sentence only sets the state.
 * state: passed | warned | stopped.
 */
const RULES = [
  ["power-on", "flow/power-on", {}, "passed", "The bootloader starts, before any system.",
    "引导程序最先运行，早于任何系统。"],
  ["power-on", "flow/panic", {}, "stopped", "The bootloader itself failed: {text}",
    "引导程序自身出错：{text}"],

  ["board", "board/identified", {}, "passed",
    "A {name}. Burned into its fuses: made for {made_for}.", "{name}。熔丝中写明：面向{made_for}。"],
  ["board", "board/error", {}, "stopped", "The phone's own records cannot be read.",
    "手机自身的记录无法读取。"],

  ["storage", "storage/state", { record: "e_state_none" }, "passed",
    "No record of its lock, so it counts as locked.", "没有锁定记录，因此视为已锁定。"],
  ["storage", "storage/state", { lock: "locked" }, "passed",
    "It is locked: only what the maker signed may run.", "已锁定：只有厂商签名的系统才能运行。"],
  ["storage", "storage/state", { lock: "unlocked" }, "passed",
    "It was unlocked: it runs anything, and says so.", "已解锁：任何系统都能运行，但会提示。"],
  ["storage", "storage/gpt", { table: "primary" }, "passed", "", ""],
  ["storage", "storage/gpt", {}, "warned",
    "The first partition table is damaged; the copy is good.", "主分区表已损坏，备份完好。"],
  ["storage", "storage/wipe", { result: "done" }, "passed",
    "The lock was changed, so the owner's data was erased.", "锁定状态改变过，因此用户数据已被清除。"],
  ["storage", "storage/wipe", {}, "stopped",
    "The owner's data should have been erased, and could not be.", "用户数据本应清除，但未能完成。"],
  ["storage", "storage/message", { result: "ignore" }, "warned",
    "A message asked for the {command}, which cannot start.", "有消息要求进入 {command}，但无法启动。"],
  ["storage", "storage/message", {}, "passed", "The system left a message: go to the {command}.",
    "系统留下消息：进入 {command}。"],
  ["storage", "storage/slot", {}, "passed", "Slot {slot} is tried, {tries} tries left.",
    "尝试插槽 {slot}，还可尝试 {tries} 次。"],
  ["storage", "storage/error", {}, "stopped", "Both copies of the partition table are damaged.",
    "分区表的两份副本都已损坏。"],

  ["verify", "verify/claims", { verdict: "authentic" }, "passed",
    "The {rom} ROM {version}, for {region}. The maker's signature is right.",
    "{rom}系统 {version}，面向{region}。厂商签名正确。"],
  ["verify", "verify/claims", { verdict: "user-key" }, "warned",
    "The {rom} ROM {version}, for {region}, signed with the owner's own key.",
    "{rom}系统 {version}，面向{region}，由机主自己的密钥签名。"],
  ["verify", "verify/claims", { verdict: "wrong-key" }, "warned",
    "The {rom} ROM says it is for {region}, but another key than the maker's signed it.",
    "{rom}系统自称面向{region}，但签名密钥不是厂商的。"],
  ["verify", "verify/claims", { verdict: "unsupported" }, "warned",
    "The ROM is signed in a way that this phone cannot check.", "系统的签名方式本机不支持。"],
  ["verify", "verify/claims", { verdict: "no-rom" }, "warned", "There is no ROM on the disk.",
    "存储中没有系统。"],
  ["verify", "verify/claims", {}, "warned",
    "What the ROM says of itself cannot be believed: the signature is missing or damaged.",
    "系统的自述不可信：签名缺失或损坏。"],
  ["verify", "verify/images", { verdict: "authentic" }, "passed",
    "Every byte of its kernel is what was signed.", "内核的每个字节都与签名一致。"],
  ["verify", "verify/images", { verdict: "user-key" }, "warned",
    "Every byte of its kernel is what the owner signed.", "内核的每个字节都与机主的签名一致。"],
  ["verify", "verify/images", { verdict: "bad-hash" }, "warned",
    "Its kernel is not what was signed: something was changed.", "内核与签名不符：有内容被改动。"],
  ["verify", "verify/images", { verdict: "unsupported" }, "warned",
    "Its kernel is hashed in a way that this phone cannot check.", "内核的哈希方式本机不支持。"],
  ["verify", "verify/images", { verdict: "no-rom" }, "warned",
    "There is nothing that could be started.", "没有可启动的内容。"],
  ["verify", "verify/images", {}, "warned", "It was read, though nobody trustworthy signed it.",
    "已读取，但没有可信的签名。"],

  ["policy", "policy/authenticity", { result: "refuse" }, "stopped",
    "Refused: the phone is {lock}, and the ROM is {verdict}.", "拒绝：手机{lock}，而系统{verdict}。"],
  ["policy", "policy/authenticity", {}, "passed", "", ""],
  ["policy", "policy/rollback", { result: "refuse" }, "stopped",
    "Refused: the ROM is older (index {rom}) than the fuses allow ({phone}).",
    "拒绝：系统（序号 {rom}）低于熔丝允许的版本（{phone}）。"],
  ["policy", "policy/rollback", {}, "passed", "", ""],
  ["policy", "policy/region", { result: "refuse", rom: "unknown" }, "stopped",
    "Refused: the ROM does not say which region it is for.", "拒绝：系统没有说明面向哪个地区。"],
  ["policy", "policy/region", { result: "refuse" }, "stopped",
    "Refused: the phone was made for {made_for}, the ROM is for {rom}.",
    "拒绝：手机面向{made_for}，系统面向{rom}。"],
  ["policy", "policy/region", { result: "pass" }, "passed",
    "Allowed: the phone and the ROM are both for {rom}.", "允许：手机和系统都面向{rom}。"],
  ["policy", "policy/region", {}, "passed",
    "Allowed: on this phone the bootloader does not compare regions.", "允许：这台手机的引导程序不比较地区。"],
  ["policy", "policy/restarts", { result: "refuse" }, "stopped",
    "Refused: it restarted the phone {early} times in a row before it was ready.",
    "拒绝：系统启动完成之前已连续重启 {early} 次。"],
  ["policy", "policy/restarts", {}, "warned",
    "It restarted the phone before it was ready, {early} times in a row; once more.",
    "系统启动完成之前已连续重启 {early} 次，再试一次。"],

  ["end", "boot/kernel", {}, "stopped",
    "What was loaded is no kernel that this processor could enter.", "载入的内核无法在此处理器上运行。"],
  ["end", "flow/verdict", { fate: "boot" }, "passed",
    "The ROM's kernel is started; verified boot calls this {boot_state}.",
    "启动系统内核；验证启动的状态为{boot_state}。"],
  ["end", "flow/verdict", { fate: "fastboot" }, "warned",
    "Fastboot mode: the phone waits for a computer.", "Fastboot 模式：手机等待电脑。"],
  ["end", "flow/verdict", { screen: "no-recovery" }, "stopped",
    "The recovery was asked for, and there is none.", "要求进入恢复模式，但它不存在。"],
  ["end", "flow/verdict", { fate: "recovery" }, "warned",
    "The recovery is started instead of the ROM.", "不启动系统，改为启动恢复模式。"],
  ["end", "flow/verdict", { fate: "off" }, "warned", "The phone switches itself off.", "手机自行关机。"],
  ["end", "flow/verdict", { fate: "dead" }, "stopped",
    "The phone stays dark. Only rescue mode (EDL) answers.", "手机保持黑屏，只有救援模式（EDL）有响应。"],
  ["end", "flow/verdict", {}, "stopped",
    "The ROM is not started: a soft brick. The screen says why, and fastboot can still be reached.",
    "系统未启动：软砖。屏幕会说明原因，仍可进入 Fastboot。"],
  ["end", "rom/home", {}, "passed", "The home screen is drawn.", "主屏幕已显示。"],
  ["end", "rom/region-check", { result: "refuse" }, "stopped",
    "The ROM itself looked: China hardware, Global ROM, locked. It restarts into the recovery.",
    "系统自行检查：中国硬件、国际系统、已锁定。将重启进入恢复模式。"],
  ["end", "recovery/menu", { mismatch: "true" }, "stopped",
    "The recovery says: “This MIUI version can't be installed on this device”.",
    "恢复模式提示：“此 MIUI 版本无法安装到该设备”。"],
  ["end", "recovery/menu", {}, "warned", "The recovery shows its menu.", "恢复模式显示菜单。"],
];

/** What each decision of the policy weighs: label, phone's side, ROM's side, {result: sign}. */
const COMPARED = {
  "policy/authenticity": [{ en: "Authentic?", zh: "正版？" }, ["lock", "lock"], ["verdict", "verdict"],
    { pass: "✓", refuse: "✗" }],
  "policy/rollback": [{ en: "Too old?", zh: "过旧？" }, [null, "phone"], [null, "rom"],
    { pass: "≤", refuse: ">" }],
  "policy/region": [{ en: "Region?", zh: "地区？" }, ["region", "made_for"], ["region", "rom"],
    { pass: "=", refuse: "≠" }],
};
const NOT_CHECKED = "not-checked";

// Which list of names a field's words are in.
const KINDS = {
  made_for: "region", region: "region", lock: "lock", verdict: "verdict", boot_state: "boot_state",
};
// What `rom` is in an event: the market it is for, or the name of the ROM.
const ROM_KINDS = { "policy/region": "region", "verify/claims": "rom" };

function fieldsOf(event, language) {
  const fields = { ...event };
  for (const [field, kind] of Object.entries(KINDS)) {
    if (Object.hasOwn(event, field)) {
      fields[field] = nameOf(kind, event[field], language);
    }
  }
  const romKind = ROM_KINDS[keyOf(event)];
  if (romKind) {
    fields.rom = nameOf(romKind, event.rom, language);
  }
  return fields;
}

function ruleFor(event) {
  const key = keyOf(event);
  return RULES.find(([, wanted, conditions]) => wanted === key
    && Object.entries(conditions)
      .every(([field, value]) => String(event[field]).toLowerCase() === value));
}

function comparedIn(event, language) {
  const [label, [phoneKind, phoneField], [romKind, romField], signs] = COMPARED[keyOf(event)];
  const result = Object.hasOwn(signs, event.result) ? event.result : NOT_CHECKED;
  const word = (kind, field) => say("{word}", language, {
    word: kind ? nameOf(kind, event[field], language) : event[field] });
  return {
    what: label[language],
    phone: word(phoneKind, phoneField),
    rom: word(romKind, romField),
    sign: signs[result] ?? "·",
    result,
  };
}

const WORST = ["passed", "warned", "stopped"];
const worse = (one, other) => WORST[Math.max(WORST.indexOf(one), WORST.indexOf(other))];

/**
 * A look at another slot, or a decision made anew, replaces what was found about the one before.
 */
function startAgain(stages, key) {
  const again = {
    "storage/slot": ["verify", "policy", "end"], "verify/claims": ["verify", "policy", "end"],
    "flow/verdict": ["end"], "rom/home": ["end"], "recovery/menu": ["end"],
    "policy/authenticity": ["policy"],
  };
  for (const stage of again[key] ?? []) {
    Object.assign(stages.get(stage), { state: "waiting", sentences: [], compared: [] });
  }
}

/**
 * Where the boot stands, a row a stage:
 *   {stage, name, asks, state, sentence, compared: [{what, phone, rom, sign, result}]}
 * state: waiting | passed | warned | stopped | skipped (the way ended before it).
 */
export function whyOf(events, language) {
  const stages =
    new Map(STAGES.map(({ stage }) => [stage, { state: "waiting", sentences: [], compared: [] }]));
  for (const event of sincePowerOn(events)) {
    const rule = ruleFor(event);
    if (!rule) {
      continue;
    }
    startAgain(stages, keyOf(event));
    const [stage, , , state, en, zh] = rule;
    const found = stages.get(stage);
    found.state = found.state === "waiting" ? state : worse(found.state, state);
    if (en !== "") {
      found.sentences.push(say({ en, zh }, language, fieldsOf(event, language)));
    }
    if (Object.hasOwn(COMPARED, keyOf(event))) {
      found.compared.push(comparedIn(event, language));
    }
  }
  const ended = stages.get("end").state !== "waiting";
  return STAGES.map((entry) => {
    const { state, sentences, compared } = stages.get(entry.stage);
    return {
      stage: entry.stage,
      name: entry[language],
      asks: entry.asks[language],
      state: state === "waiting" && ended ? "skipped" : state,
      sentence: sentences.join(language === "zh" ? "" : " "),
      compared,
    };
  });
}
