// SPDX-License-Identifier: MIT
// What may be typed: fastboot, as its stock client does things, and the lab's own words. Parsed here,
// run on a phone of the page; it answers in lines, as a terminal would.
import { HOURS, readToken } from "./account.js";
import { Fastboot, FastbootError } from "./fastboot.js";
import { verdictWords } from "./shared/verdict.js";

export class CommandError extends Error {}

const KIB = 1024;
const HELLO_MS = 3000;
const REBOOTS = { "": "reboot", bootloader: "reboot-bootloader", recovery: "reboot-recovery", fastboot: "reboot-fastboot" };
const ANDROID_ONE = "android-one";

/** Words of a line; quotes hold some together. */
export function wordsOf(line) {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, one, two, plain]) => one ?? two ?? plain);
}

const USAGE = [
  { word: "fastboot getvar", usage: "fastboot getvar all", en: "ask the phone; also product, unlocked, anti, token",
    zh: "查询手机；还有 product、unlocked、anti、token" },
  { word: "fastboot flash", usage: "fastboot flash boot cn/boot.img", en: "write an image: of the shelf, or a file that was dropped here",
    zh: "写入镜像：来自货架，或拖放到这里的文件" },
  { word: "fastboot erase", usage: "fastboot erase userdata", en: "empty a partition", zh: "清空一个分区" },
  { word: "fastboot boot", usage: "fastboot boot global/boot.img", en: "start an image without writing it", zh: "不写入，直接启动镜像" },
  { word: "fastboot oem", usage: "fastboot oem why", en: "also device-info, lock-check, lock, unlock, log, help",
    zh: "还有 device-info、lock-check、lock、unlock、log、help" },
  { word: "fastboot reboot", usage: "fastboot reboot", en: "also: reboot bootloader, reboot recovery, continue", zh: "还有 reboot bootloader、reboot recovery、continue" },
  { word: "flash_all", usage: "flash_all cn", en: "what the package's script does: everything, then a restart", zh: "刷机包脚本所做的一切，然后重启" },
  { word: "flash_all_lock", usage: "flash_all_lock cn", en: "the same, and lock", zh: "同上，并锁定" },
  { word: "account", usage: "account bind | wait 360h | unlock", en: "the maker's account, which may unlock", zh: "厂商账号，可以解锁" },
  { word: "power", usage: "power on | off", en: "also: power on --hold volume-down (into fastboot mode)", zh: "还有 power on --hold volume-down（进入 fastboot）" },
  { word: "cable", usage: "cable", en: "pull the cable, and put it in again", zh: "拔下数据线再插上" },
  { word: "factory", usage: "factory", en: "the phone as it left the factory", zh: "恢复出厂时的状态" },
  { word: "help", usage: "help", en: "this list", zh: "此列表" },
];

export class Commands {
  #phone; // a WebPhone
  #client = null;

  constructor(phone) {
    this.#phone = phone;
  }

  get list() {
    return USAGE;
  }

  /** One line. say(text) hears it line by line; {isOkay, text}: text is what went wrong. */
  async run(line, say, files = new Map()) {
    const [first, ...words] = wordsOf(line);
    if (first === undefined) {
      return { isOkay: true, text: "" };
    }
    const verb = VERBS[first] ?? (BARE.has(first) ? (it, all) => VERBS.fastboot(it, { ...all, words: [first, ...words] }) : null);
    try {
      if (!verb) {
        throw new CommandError(`there is no command "${first}"; help lists them`);
      }
      await verb(this, { words, say, files });
      return { isOkay: true, text: "" };
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof FastbootError)) {
        throw error;
      }
      say(error.message);
      return { isOkay: false, text: error.message };
    }
  }

  /** What is under way fails; the phone does not notice more than that nobody is there. */
  pullCable() {
    this.#client?.disconnect("the cable was pulled");
    this.#phone.machine.pullCable();
    this.#client = null;
  }

  async client() {
    const machine = this.#phone.machine;
    if (!machine.isOn || machine.doing !== "bootloader") {
      throw new CommandError(`no phone is in fastboot mode: this one ${machine.isOn ? "is started" : "is off"}. `
        + "power on --hold volume-down takes it there");
    }
    if (this.#client?.isConnected) {
      return this.#client;
    }
    const client = new Fastboot(machine.fastboot);
    const late = new Promise((_, reject) => {
      setTimeout(() => reject(new CommandError("the phone does not answer: it is not in fastboot mode. "
        + "power off, then power on --hold volume-down")), HELLO_MS);
    });
    const connected = client.connect();
    connected.catch(() => {});
    try {
      await Promise.race([connected, late]);
    } catch (error) {
      client.disconnect();
      throw error;
    }
    this.#client = client;
    return client;
  }

  /** One command, told as the stock client tells it. */
  async ask(text, say, label = null) {
    const client = await this.client();
    const answer = await client.command(text, (line) => say(`(bootloader) ${line}`));
    return told(answer, say, label);
  }

  async send(bytes, name, say) {
    const client = await this.client();
    const answer = await client.command("getvar:max-download-size");
    const most = Number(answer.text);
    const size = bytes.size ?? bytes.length;
    if (size > most) {
      throw new CommandError(`${name} has ${Math.ceil(size / KIB / KIB)} MiB; this phone takes ${most / KIB / KIB} MiB at once`);
    }
    const content = bytes instanceof Uint8Array ? bytes : new Uint8Array(await bytes.arrayBuffer());
    told(await client.download(content, (line) => say(`(bootloader) ${line}`)), say, `Sending '${name}' (${Math.ceil(content.length / KIB)} KB)`);
  }

  async variable(name) {
    return (await (await this.client()).command(`getvar:${name}`)).text;
  }

  /** Bytes or a Blob: a file that was dropped, or ROM/IMAGE.img of the shelf. */
  async file(name, files) {
    if (files.has(name)) {
      return files.get(name);
    }
    const [, rom, image] = /^(\w+)\/(?:images\/)?(\w+)\.img$/.exec(name) ?? [];
    const { site, scene } = this.#phone;
    const images = rom && site.roms.has(rom) ? await site.images(scene.model, rom) : null;
    if (!images?.has(image)) {
      const shelf = [...site.roms.keys()].map((each) => `${each}/boot.img`).join(", ");
      throw new CommandError(`cannot load '${name}': there is no such file here. Drop one, or take one of the shelf: ${shelf}`);
    }
    return images.get(image).toSend();
  }

  /** As the stock client finds the partition of the slot that is in use. */
  async partition(name) {
    if ((await this.variable(`has-slot:${name}`)) !== "yes") {
      return name;
    }
    return `${name}_${await this.variable("current-slot")}`;
  }

  get phone() {
    return this.#phone;
  }
}

function told(answer, say, label) {
  if (label !== null || !answer.isOkay) {
    say(`${label ?? ""}${label ? "  " : ""}${answer.isOkay ? "OKAY" : `FAILED (remote: '${answer.text}')`}`);
  }
  if (!answer.isOkay) {
    throw new CommandError("fastboot: error: Command failed");
  }
  return answer.text;
}

function needs(words, count, usage) {
  if (words.length < count) {
    throw new CommandError(`usage: ${usage}`);
  }
}

// Fastboot.

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

const FASTBOOT = {
  getvar,
  flash,
  boot,
  stage,
  erase,
  reboot,
  "reboot-bootloader": (it, all) => reboot(it, { ...all, words: ["bootloader"] }),
  continue: (it, { say }) => it.ask("continue", say, "Resuming boot"),
  devices: async (it, { say }) => {
    await it.client();
    say(`${it.phone.about.serial}\tfastboot`);
  },
  oem: (it, { words, say }) => it.ask(`oem ${words.join(" ")}`, say),
  flashing: (it, { words, say }) => it.ask(`flashing ${words.join(" ")}`, say),
  set_active: (it, { words, say }) => it.ask(`set_active:${words[0] ?? ""}`, say, `Setting current slot to '${words[0] ?? ""}'`),
};
const BARE = new Set(["getvar", "flash", "boot", "erase", "oem", "flashing", "reboot", "continue"]);

async function fastboot(it, { words, say, files }) {
  const [name, ...rest] = words[0] === "-s" ? words.slice(2) : words;
  const command = FASTBOOT[name];
  if (!command) {
    throw new CommandError(name === undefined ? "usage: fastboot COMMAND; help lists them" : `fastboot: usage: unknown command ${name}`);
  }
  await command(it, { words: rest, say, files });
  say("Finished.");
}

// The package's scripts (rom-images/package/flash_scripts): the same checks and steps.

const PARTITIONS = ["vbmeta", "dtbo", "recovery", "system", "userdata", "cache", "boot"]; // boot goes first and comes last

async function flashAll(it, { words, say, isLocking }) {
  const { site, scene, about } = it.phone;
  const rom = words[0];
  if (!site.roms.has(rom)) {
    throw new CommandError(`which ROM? ${[...site.roms.keys()].join(", ")}`);
  }
  await checkPackage(it, say);
  const images = await site.images(scene.model, rom);
  const suffixes = about.slots === 0 ? [""] : ["_a", "_b"];
  for (const suffix of suffixes) {
    await it.ask(`erase:boot${suffix}`, say, `Erasing 'boot${suffix}'`);
  }
  for (const name of PARTITIONS) {
    if (name === "userdata" || name === "cache") {
      if (about.partitions[name]) {
        await it.ask(`erase:${name}`, say, `Erasing '${name}'`);
      }
      continue;
    }
    for (const suffix of images.has(name) ? suffixes : []) {
      await it.send(images.get(name).toSend(), `${name}${suffix}`, say);
      await it.ask(`flash:${name}${suffix}`, say, `Writing '${name}${suffix}'`);
    }
  }
  if (about.slots !== 0) {
    await it.ask("set_active:a", say, "Setting current slot to 'a'");
  }
  if (isLocking) {
    await it.ask(about.os === ANDROID_ONE ? "flashing lock" : "oem lock", say, "Locking");
  } else {
    await it.ask("reboot", say, "Rebooting");
  }
  say("done");
}

async function checkPackage(it, say) {
  say("looking for the phone, which must be in fastboot mode");
  const product = await it.variable("product");
  if (product !== it.phone.scene.model) {
    throw new CommandError("Missmatching image and device");
  }
  const anti = await it.variable("anti");
  if (anti !== "" && Number(anti) > it.phone.about.rollback_index) {
    throw new CommandError("current device antirollback version is greater than this package");
  }
}

// The account.

function needsAccount({ about }) {
  if (!about.protections.includes("bootloader-lock")) {
    throw new CommandError(`a ${about.name} was never locked: it is flashed without an account`);
  }
  if (about.os === ANDROID_ONE) {
    throw new CommandError(`a ${about.name} is unlocked without an account: fastboot flashing unlock, and yes on the phone`);
  }
}

function bindAccount(it, say) {
  const { account, about, machine } = it.phone;
  needsAccount(it.phone);
  const words = verdictWords(machine.events);
  if (machine.events.length !== 0 && !words?.startsWith("home")) {
    throw new CommandError("an account is added in the running system's settings, and this phone does not run one: "
      + `${words ?? "it is off"}. Start it first`);
  }
  account.bind(about.released < 201801 ? HOURS.before : HOURS.from2018);
  say(describeAccount(account));
}

function describeAccount(account) {
  const left = account.hoursLeft;
  return `bound to account workshop; ${left === 0 ? "it may be unlocked now" : `${left} of ${account.waitHours} hours to wait`}`;
}

function waitHours(it, text, say) {
  const [, hours, unit] = /^(\d{1,6})([hd]?)$/.exec(text ?? "") ?? [];
  if (!hours) {
    throw new CommandError("usage: account wait 360h (or 15d): moves the lab's clock");
  }
  if (it.phone.account.boundAt === null) {
    throw new CommandError("no account is bound to it: account bind");
  }
  it.phone.account.moveClock(Number(hours) * (unit === "d" ? 24 : 1));
  say(describeAccount(it.phone.account));
}

async function unlock(it, say) {
  const { account, scene, about } = it.phone;
  needsAccount(it.phone);
  if (account.boundAt === null) {
    throw new CommandError("Couldn't unlock\nno account is bound to it (account bind, while the system runs)");
  }
  if (account.hoursLeft > 0) {
    throw new CommandError(`Couldn't unlock\nAfter ${account.hoursLeft} hours of trying to unlock the device (account wait ${account.hoursLeft}h moves the clock)`);
  }
  const lines = [];
  await (await it.client()).command("oem get_token", (line) => lines.push(line.replace(/^token: ?/, "").trim()));
  const token = readToken(lines.join(""));
  if (token === null || token.product !== scene.model || token.serial !== about.serial) {
    throw new CommandError("Couldn't unlock\nthe phone gave a token that is not its own");
  }
  say(`token ${lines.join("").slice(0, 24)}…, answered by the account's server`);
  await it.send(await account.answer(token), "the answer", say);
  await it.ask("oem unlock", say, "Unlocking");
}

// The lab.

async function power(it, { words, say }) {
  const { phone } = it;
  const hold = words[1] === "--hold" ? (words[2] ?? "").split(",").filter(Boolean) : [];
  if (words[0] === "off") {
    phone.power.cut();
    say("off");
  } else if (words[0] === "on") {
    phone.power.cut();
    await phone.power.on({ hold });
    say(`verdict: ${verdictWords(phone.machine.events) ?? "none yet"}`);
  } else {
    throw new CommandError("usage: power on [--hold volume-down], power off");
  }
}

const VERBS = {
  fastboot,
  power,
  flash_all: (it, all) => flashAll(it, { ...all, isLocking: false }),
  flash_all_lock: (it, all) => flashAll(it, { ...all, isLocking: true }),
  account: (it, { words, say }) => {
    const does = { bind: () => bindAccount(it, say), wait: () => waitHours(it, words[1], say), unlock: () => unlock(it, say) };
    if (!does[words[0]]) {
      throw new CommandError("usage: account bind, account wait 360h, account unlock");
    }
    return does[words[0]]();
  },
  cable: (it, { say }) => {
    it.pullCable();
    say("the cable was pulled, and put in again");
  },
  factory: async (it, { say }) => {
    await it.phone.factoryNew();
    say("factory new");
  },
  help: (it, { say }) => {
    const width = Math.max(...USAGE.map(({ usage }) => usage.length));
    USAGE.forEach((row) => say(`${row.usage.padEnd(width)}  ${row[it.phone.language] ?? row.en}`));
  },
};
