// SPDX-License-Identifier: MIT
// What is typed to a phone in fastboot mode: the stock client's commands, and the package's scripts
// (rom-images/package/flash_scripts) with the same checks, steps and words.
import { CommandError, needs } from "./command_error.js";

const ANDROID_ONE = "android-one";
const REBOOTS = {
  "": "reboot",
  bootloader: "reboot-bootloader",
  recovery: "reboot-recovery",
  fastboot: "reboot-fastboot",
};

async function getvar(it, { words, say }) {
  needs(words, 1, "fastboot getvar NAME");
  const text = await it.ask(`getvar:${words.join(" ")}`, say);
  say(`${words.join(" ")}: ${text}`);
}

async function flash(it, { words, say, files }) {
  needs(words, 2, "fastboot flash PARTITION FILE");
  const content = await it.file(words[1], files);
  const partition = await it.partition(words[0]);
  await it.send(content, partition, say);
  await it.ask(`flash:${partition}`, say, `Writing '${partition}'`);
}

async function boot(it, { words, say, files }) {
  needs(words, 1, "fastboot boot FILE");
  await it.send(await it.file(words[0], files), "boot.img", say);
  await it.ask("boot", say, "Booting");
}

async function stage(it, { words, say, files }) {
  needs(words, 1, "fastboot stage FILE");
  await it.send(await it.file(words[0], files), words[0], say);
}

async function erase(it, { words, say }) {
  needs(words, 1, "fastboot erase PARTITION");
  const partition = await it.partition(words[0]);
  await it.ask(`erase:${partition}`, say, `Erasing '${partition}'`);
}

async function reboot(it, { words, say }) {
  const command = REBOOTS[words[0] ?? ""];
  if (!command) {
    throw new CommandError(`unknown reboot target ${words[0]}`);
  }
  await it.ask(command, say, "Rebooting");
}

async function setActive(it, { words, say }) {
  const slot = words[0] ?? "";
  await it.ask(`set_active:${slot}`, say, `Setting current slot to '${slot}'`);
}

async function devices(it, { say }) {
  await it.client();
  say(`${it.phone.about.serial}\tfastboot`);
}

const COMMANDS = {
  getvar,
  flash,
  boot,
  stage,
  erase,
  reboot,
  devices,
  "reboot-bootloader": (it, all) => reboot(it, { ...all, words: ["bootloader"] }),
  continue: (it, { say }) => it.ask("continue", say, "Resuming boot"),
  oem: (it, { words, say }) => it.ask(`oem ${words.join(" ")}`, say),
  flashing: (it, { words, say }) => it.ask(`flashing ${words.join(" ")}`, say),
  set_active: setActive,
};

/** What may be typed without "fastboot" before it. */
export const BARE =
  new Set(["getvar", "flash", "boot", "erase", "oem", "flashing", "reboot", "continue"]);

export async function fastboot(it, { words, say, files }) {
  const [name, ...rest] = words[0] === "-s" ? words.slice(2) : words;
  const command = COMMANDS[name];
  if (!command) {
    throw name === undefined
      ? new CommandError("usage: fastboot COMMAND; help lists them", "用法：fastboot 命令；输入 help 查看")
      : new CommandError(`fastboot: usage: unknown command ${name}`);
  }
  await command(it, { words: rest, say, files });
  say("Finished.");
}

// The scripts. boot goes first and comes last.

const PARTITIONS = ["vbmeta", "dtbo", "recovery", "system", "userdata", "cache", "boot"];
const EMPTIED = ["userdata", "cache"];

/** A step that says, when it fails, what the script says: its last line names it. */
async function step(name, does) {
  try {
    await does();
  } catch (error) {
    throw error instanceof CommandError ? new CommandError(`${error.message}\n${name} error`,
      error.zh && `${error.zh}\n${name} error`) : error;
  }
}

/** options: {isLocking} in the end, {keepsData} of the user. */
export async function flashAll(it, { words, say }, { isLocking = false, keepsData = false } = {}) {
  const { site, scene, about } = it.phone;
  const rom = words[0] ?? "";
  if (!site.hasRom(scene.model, rom)) {
    const known = [...site.roms.keys()];
    throw new CommandError(`which ROM? ${known.join(", ")}`, `哪个系统？${known.join("、")}`);
  }
  await checkPackage(it, say, site.indexOf(scene.model, rom));
  const images = await site.images(scene.model, rom);
  const suffixes = about.slots === 0 ? [""] : ["_a", "_b"];
  const erase = (name) => step(`Erase ${name}`, () =>
    it.ask(`erase:${name}`, say, `Erasing '${name}'`));
  for (const suffix of suffixes) {
    await erase(`boot${suffix}`);
  }
  for (const name of PARTITIONS) {
    if (EMPTIED.includes(name)) {
      const isErased = about.partitions[name] && !(keepsData && name === "userdata");
      await (isErased ? erase(name) : null);
      continue;
    }
    for (const suffix of images.has(name) ? suffixes : []) {
      await writeImage(it, say, name + suffix, images.get(name));
    }
  }
  await end(it, say, isLocking);
  say("done");
}

async function writeImage(it, say, partition, image) {
  await step(`Flash ${partition}`, async () => {
    await it.send(image.toSend(), partition, say);
    await it.ask(`flash:${partition}`, say, `Writing '${partition}'`);
  });
}

async function end(it, say, isLocking) {
  const { about } = it.phone;
  if (about.slots !== 0) {
    await step("Set active a", () => it.ask("set_active:a", say, "Setting current slot to 'a'"));
  }
  if (isLocking) {
    const lock = about.os === ANDROID_ONE ? "flashing lock" : "oem lock";
    await step("Lock", () => it.ask(lock, say, "Locking"));
  } else {
    await step("Reboot", () => it.ask("reboot", say, "Rebooting"));
  }
}

async function checkPackage(it, say, index) {
  say("looking for the phone, which must be in fastboot mode");
  const anti = await it.variable("anti");
  if (anti !== "" && Number(anti) > index) {
    throw new CommandError("current device antirollback version is greater than this package");
  }
  if (await it.variable("product") !== it.phone.scene.model) {
    throw new CommandError("Missmatching image and device");
  }
}
