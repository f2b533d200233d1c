// SPDX-License-Identifier: MIT
// The words that a newcomer meets (docs/glossary.yaml), and how to find them in a text.

import { GLOSSARY } from "./glossary-words.js";

export { GLOSSARY };

const WRITTEN = GLOSSARY.flatMap((entry) => entry.written.map((text) => ({ text, entry })))
  .sort((one, other) => other.text.length - one.text.length);

const isLatin = (char) => /[A-Za-z]/.test(char ?? "");

function wordAt(text, at) {
  if (isLatin(text[at]) && isLatin(text[at - 1])) {
    return null; // within a word
  }
  return WRITTEN.find(({ text: word }) => text.startsWith(word, at)
    && !(isLatin(word.at(-1)) && isLatin(text[at + word.length]))) ?? null;
}

/**
 * A text in pieces: strings, and {text, entry} for each word of the glossary, the first time only.
 */
export function markWords(text, seen = new Set()) {
  const pieces = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const found = wordAt(text, at);
    if (found && !seen.has(found.entry.name)) {
      seen.add(found.entry.name);
      pieces.push(...(plain ? [plain] : []), { text: found.text, entry: found.entry });
      plain = "";
      at += found.text.length;
    } else {
      const step = found ? found.text.length : 1;
      plain += text.slice(at, at + step);
      at += step;
    }
  }
  return plain ? [...pieces, plain] : pieces;
}
