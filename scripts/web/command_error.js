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
