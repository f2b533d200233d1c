// SPDX-License-Identifier: MIT
// The why panel's contents: each stage of the boot, lit by the events of the trace, with a sentence
// for somebody who only passes by. Pure: events in, values out.
import { say } from "./language.js";
import { nameOf } from "./names.js";
import { keyOf, sincePowerOn } from "./verdict.js";
import { COMPARED, RULES } from "./why-rules.js";

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
    if (!rule || rule[0] === null) {
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
