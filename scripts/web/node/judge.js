// SPDX-License-Identifier: MIT
// The fast judge: what would the bootloader do with this phone? The page's modules under Node,
// without any waiting.
//
//   node scripts/web/node/judge.js FOLDER [--events] < CELLS > VERDICTS
//
// FOLDER: what `make page` wrote. A cell is a line of JSON:
//   {model, made_for, rom, lock, policy,           a phone fresh from the factory
//    hold: ["volume-down"],                        keys held at power-on
//    system: false,                                no further than the kernel
//    changes: [...]}                               done to it first, in this order:
//      {flip: PARTITION | "disk" | "nor", at, mask}   bits of one byte; at < 0: from the end
//      {zero: PARTITION | "disk", at, length}
//      {write: PARTITION, rom, model, image}          an image of another ROM
// The answer is {words, events?}: the verdict line, and with --events the whole trace.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { PowerOn } from "../power_on.js";
import { Link } from "../link.js";
import { Recovery, Rom } from "../rom.js";
import { verdictWords } from "../shared/verdict.js";
import { siteOfFolder } from "./folder.js";

const STARTS_MAX = 4;
const NOW = new Date("2018-09-14T09:41:00");

/** {words, events, parts}: the phone is switched on, and followed until it waits for a person. */
export async function judge(site, cell, { isSystemRun = true } = {}) {
  const parts = await site.factory(cell);
  await parts.disk.arrived;
  for (const change of cell.changes ?? []) {
    await apply(site, parts, change);
  }
  const modules = {
    core: site.modules.core, rom: await site.modules.rom(), recovery: await site.modules.recovery(),
  };
  const events = run(parts, modules, cell.hold ?? [], isSystemRun && cell.system !== false);
  return { words: verdictWords(events), events, parts };
}

export async function apply(site, { disk, nor, partitions }, change) {
  const [begin, size] = partitions[change.flip ?? change.zero ?? change.write]
    ?? [0, disk.blocks * 512];
  const at = begin + (change.at < 0 ? size + change.at : change.at ?? 0);
  if (change.flip === "nor") {
    nor[change.at] ^= change.mask ?? 1;
  } else if (change.flip) {
    const byte = new Uint8Array(1);
    disk.read(at, byte);
    byte[0] ^= change.mask ?? 1;
    disk.write(at, byte);
  } else if (change.zero) {
    disk.zero(at, change.length ?? size);
  } else {
    (await site.images(change.model, change.rom)).get(change.image).writeTo(disk, at);
  }
}

function run(parts, modules, hold, isSystemRun) {
  const events = [];
  const machine = {
    ...parts,
    links: [new Link(), new Link()],
    keys: { pressed: () => undefined, isHeld: () => false },
    onTrace: (event) => events.push(event),
    onLog: () => {},
    onNor: () => {},
    store: () => null,
  };
  let how = { hold, isPatient: false };
  for (let starts = 0; how !== null && starts < STARTS_MAX; starts++) {
    const powerOn = new PowerOn(modules.core, machine, how);
    how = null;
    untilItRests(powerOn);
    if (["plain", "bootloader", "recovery"].includes(powerOn.ended)) {
      how = { restart: powerOn.ended, isPatient: false };
    } else if (powerOn.ended === "kernel" && isSystemRun) {
      how = runSystem(powerOn, machine, modules, events);
    }
  }
  return events;
}

function untilItRests(powerOn) {
  let pause = powerOn.step();
  while (pause !== null && pause.kind === "slice") {
    pause = powerOn.step();
  }
}

/** How the phone starts next; null: it stays. */
function runSystem(powerOn, machine, modules, events) {
  const isRecovery = events.findLast((event) => event.event === "verdict").fate === "recovery";
  const bootArguments = powerOn.bootArguments();
  let next = null;
  const system = new (isRecovery ? Recovery : Rom)(isRecovery ? modules.recovery : modules.rom, {
    bootArguments,
    ramdisk: powerOn.ramdisk(),
    panel: { width: 0, height: 0 },
    disk: machine.disk,
    partitions: machine.partitions,
    codename: machine.codename,
    slot: /androidboot\.slot_suffix=_([ab])/.exec(bootArguments)?.[1] ?? "",
    now: () => NOW,
    store: () => null,
    report: (stage, event, fields) => events.push({ t_us: 0, stage, event, ...fields }),
    show: () => {},
    restart: () => { next = { restart: "plain", isPatient: false }; },
    after: (ms, call) => ms === 1000 && call(), // the restart; the clock and the popups may wait
    romIsWell: () => powerOn.romIsWell(),
  });
  system.start();
  return next;
}

async function main([folder, option]) {
  const site = await siteOfFolder(folder);
  for await (const line of createInterface({ input: process.stdin })) {
    const { words, events } = await judge(site, JSON.parse(line));
    console.log(JSON.stringify(option === "--events" ? { words, events } : { words }));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.length < 3) {
    console.error("usage: node judge.js FOLDER [--events] < CELLS");
    process.exit(2);
  }
  await main(process.argv.slice(2));
}
