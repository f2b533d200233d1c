// SPDX-License-Identifier: MIT
// What a line of the command box may end with, and how its words are told apart.

/**
 * What was wrong with a line, in words for whoever typed it; in Chinese where they are ours and
 * not the stock client's.
 */
export class CommandError extends Error {
  constructor(en, zh = "") {
    super(en);
    this.zh = zh;
  }
}

/** Words of a line; quotes hold some together. */
export function wordsOf(line) {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, one, two, plain]) => one ?? two ?? plain);
}

export function needs(words, count, usage) {
  if (words.length < count) {
    throw new CommandError(`usage: ${usage}`, `用法：${usage}`);
  }
}

/** "--account plain": the word behind a switch, which is taken out of `words`. */
export function takeSwitch(words, name, otherwise) {
  const at = words.indexOf(name);
  if (at < 0) {
    return otherwise;
  }
  const [, value] = words.splice(at, 2);
  if (value === undefined) {
    throw new CommandError(`${name} wants a word behind it`, `${name} 后面要有一个词`);
  }
  return value;
}

/** How many letters have to be put in, taken out or changed. */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[other.length];
}

/** What was meant by a word that is not one of `known`; undefined: nothing comes near. */
export function meant(word, known) {
  const far = Math.max(1, Math.floor(word.length / 3));
  const near = known.map((each) => [distance(word, each), each]).sort(([a], [b]) => a - b)[0];
  return near && near[0] <= far ? near[1] : undefined;
}
