// SPDX-License-Identifier: MIT
// A phone's three keys, by name, and the keys of a keyboard that press them: what QEMU's machine
// has too.

export const KEYS = ["volume-up", "volume-down", "power"];

const KEYBOARD = { ArrowUp: "volume-up", ArrowDown: "volume-down", Enter: "power" };

/**
 * Which of the phone's keys a KeyboardEvent presses; undefined: none. Typing and controls go first.
 */
export function keyOfKeyboard(event) {
  const at = event.target;
  const busy = at instanceof Element
    && at.closest("input, textarea, select, button, a, [contenteditable]");
  return busy || event.ctrlKey || event.altKey || event.metaKey ? undefined : KEYBOARD[event.key];
}
