// SPDX-License-Identifier: MIT
// What somebody could do next who has never held a cable: a row a suggestion, the first three that
// fit.
import { verdictWords } from "../shared/verdict.js";
import { byId, h } from "./dom.js";

/** The ROM that fits the phone, and the one that does not. */
const own = ({ made_for }) => made_for;
const other = ({ made_for }) => (made_for === "cn" ? "global" : "cn");

/** name, does it fit {isOn, words, lock, scene}, which ROM it names, main: the one to press. */
const SUGGESTIONS = [
  { name: "next_on", fits: ({ isOn, words }) => !isOn && words === null,
    does: (it) => it.switchOn(), main: true },
  { name: "next_rescue", fits: ({ words }) => words?.startsWith("dead"), rom: own,
    does: (it, scene) => it.run(`rescue ${own(scene)} --account authorised`), main: true },
  { name: "next_cure",
    fits: ({ words, lock, isAccident }) => isAccident(words) && lock === "unlocked", rom: own,
    does: (it, scene) => it.flash(own(scene), false), main: true },
  { name: "next_try_locked",
    fits: ({ words, lock, isAccident }) => isAccident(words) && lock === "locked", rom: own,
    does: (it, scene) => it.flash(own(scene), false), main: true },
  { name: "next_unlocked",
    fits: ({ words, lock, isAccident }) => isAccident(words) && lock === "locked",
    does: (it, scene) => it.begin({ ...scene, lock: "unlocked" }) },
  { name: "next_accident",
    fits: ({ words, lock }) => words?.startsWith("home") && lock === "unlocked", rom: other,
    does: (it, scene) => it.flash(other(scene), false), main: true },
  { name: "next_lock", fits: ({ words, lock }) => words?.startsWith("home") && lock === "unlocked",
    does: (it, scene) => it.flash(own(scene), true) },
  { name: "next_shipped",
    fits: ({ words, scene }) => words?.startsWith("brick region") && scene.policy === "announced",
    does: (it, scene) => it.begin({ ...scene, policy: "shipped", lock: "locked" }) },
  { name: "next_unlock",
    fits: ({ words, lock, scene }) => words === "home green rom=cn" && lock === "locked"
    && scene.made_for === "cn",
    does: (it) => it.unlock() },
  { name: "next_on_again", fits: ({ isOn, words }) => !isOn && words !== null,
    does: (it) => it.switchOn(), main: true },
  { name: "next_factory", fits: ({ words }) => words !== null,
    does: (it, scene) => it.begin(scene) },
];
const MOST = 3;

const isAccident = (words) => words !== null && (/^(brick|recovery) /.test(words))
  && !words.startsWith("recovery keys");

function lockOf(events, scene) {
  return events.findLast((event) => event.stage === "storage" && event.event === "state")?.lock
    ?? scene.lock;
}

/** `it`: {switchOn, flash(rom, isLocking), begin(scene), unlock(), run(line)}. */
export function showNext(phone, t, it) {
  const { scene, events } = phone;
  const facts = {
    isOn: phone.machine.isOn, words: verdictWords(events), lock: lockOf(events, scene), scene,
    isAccident,
  };
  const rows = phone.isBusy ? [] : SUGGESTIONS.filter(({ fits }) => fits(facts)).slice(0, MOST);
  byId("next")
    .replaceChildren(...rows.map(({ name, rom, does, main }) => h(main ? "button.main" : "button",
    { type: "button", data: { next: name }, onclick: () => does(it, scene) },
    t(name, rom ? { rom: t(`rom_${rom(scene)}`) } : {}))));
}
