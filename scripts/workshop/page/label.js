// SPDX-License-Identifier: MIT
// What stands on a phone's label: sticker, model, lock, slot, index, ROM, rule; and its verdict.
import { verdictOf } from "/shared/verdict.js";
import { WORDS } from "./words.js";
import { h, text } from "./dom.js";
import { t, told, language } from "./language.js";

const knows = (key) => Object.hasOwn(WORDS, key);

export const romName = (rom) =>
  (knows(`rom_${rom}`) ? t(`rom_${rom}`) : rom ? String(rom).slice(0, 24) : t("rom_nothing"));

export function sticker(label) {
  return h("span.sticker", { data: { region: label.made_for }, title: t("made_for") },
    t(`sticker_${label.made_for}`));
}

/** The facts as short pieces: [kind, text]. An exercise that is not solved names no ROM. */
export function facts({ label, story }) {
  const isUnsolved = story?.kind === "exercise" && story.phase !== "solved";
  const rom = isUnsolved ? t("rom_hidden") : romName(label.rom);
  return [
    ["lock", t(label.lock ?? "locked")],
    ["rom", rom],
    ["index",
      label.index === null || label.index === undefined ? t("no_index")
      : t("index", { index: label.index })],
    ...(label.slot ? [["slot", t("slot", { slot: label.slot })]] : []),
    ["policy", t(`policy_${label.policy}`)],
  ];
}

/** An exercise may ask for the reason; then nothing here gives it away. */
export const isHidden = (phone) => Boolean(phone.story?.hide?.includes("why"));

/** {mood, sentence}: what the phone has come to, or what it is doing. */
export function state(phone) {
  const { state: power, place, trouble, busy } = phone.label;
  if (trouble) {
    return { mood: "bad", sentence: told(trouble) };
  }
  if (power !== "on") {
    const sentence = power === "off" && busy && !phone.story
      ? `${told(busy)} …` : t(`state_${power}`, { place });
    return { mood: "waiting", sentence };
  }
  if (isHidden(phone)) {
    return { mood: "calm", sentence: t("state_hidden") };
  }
  const verdict = verdictOf(phone.events, language());
  return verdict ?? { mood: "waiting", sentence: t("state_starting") };
}

/** The verdict in a word, where a sentence has no room. */
export function stateWord({ state: power, verdict }) {
  const word = power === "on" ? verdict?.split(" ")[0] ?? "starting" : power;
  return t(knows(`word_${word}`) ? `word_${word}` : "word_starting");
}

/** Shows the state in an element, and keeps it so. */
export function showState(phone, element) {
  const now = state(phone);
  element.dataset.mood = now.mood;
  text(element, now.sentence);
}
