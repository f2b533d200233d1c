// SPDX-License-Identifier: MIT
// A scene in the page's address: #model=dipper&made-for=cn&rom=global&lock=locked&policy=announced.
// So a teacher can send one. Words that are missing are the default's; odd ones are passed over.
import { DEFAULT_SCENE } from "../site.js";

const WORDS =
  { model: "model", "made-for": "made_for", rom: "rom", lock: "lock", policy: "policy" };

/** What the address asks for; null when it asks for nothing. */
export function sceneOfHash(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const found = Object.entries(WORDS).filter(([word]) => given.has(word))
    .map(([word, key]) => [key, given.get(word)]);
  return found.length === 0 ? null : { ...DEFAULT_SCENE, ...Object.fromEntries(found) };
}

export function hashOfScene(scene) {
  return `#${new URLSearchParams(Object.entries(WORDS).map(([word, key]) => [word, scene[key]]))}`;
}
