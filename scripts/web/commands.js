// SPDX-License-Identifier: MIT
// What may be typed: fastboot, as its stock client does things, and the lab's own words. Parsed
// here, run on a phone of the page; it answers in lines, as a terminal would.
import { CommandError, meant, wordsOf } from "./command_error.js";
import { Fastboot } from "./fastboot.js";
import { account } from "./verbs_account.js";
import { BARE, fastboot, flashAll } from "./verbs_fastboot.js";
import { cable, explain, factory, power, press, rescue, shell } from "./verbs_lab.js";

const KIB = 1024;
const PIECE_BYTES = 1 << 20; // of a file at once: the page draws in between
const HELLO_MS = 3000;

const u = (word, usage, en, zh) => ({ word, usage, en, zh });
const USAGE = [
  u("fastboot getvar", "fastboot getvar all", "ask the phone; also product, unlocked, anti, token",
    "查询手机；还有 product、unlocked、anti、token"),
  u("fastboot flash", "fastboot flash boot cn/boot.img",
    "write an image: of the shelf, or a file that was dropped here",
    "写入镜像：来自货架，或拖放到这里的文件"),
  u("fastboot erase", "fastboot erase userdata", "empty a partition", "清空一个分区"),
  u("fastboot boot", "fastboot boot global/boot.img", "start an image without writing it",
    "不写入，直接启动镜像"),
  u("fastboot oem", "fastboot oem why",
    "also device-info, lock-check, lock, unlock, edl, log, help",
    "还有 device-info、lock-check、lock、unlock、edl、log、help"),
  u("fastboot reboot", "fastboot reboot", "also: reboot bootloader, reboot recovery, continue",
    "还有 reboot bootloader、reboot recovery、continue"),
  u("flash_all", "flash_all cn", "what the package's script does: everything, then a restart",
    "刷机包脚本所做的一切，然后重启"),
  u("flash_all_lock", "flash_all_lock cn", "the same, and lock", "同上，并锁定"),
  u("flash_all_except_storage", "flash_all_except_storage cn", "all but the user's data",
    "同上，但保留用户数据"),
  u("account", "account bind | wait 360h | unlock", "the maker's account, which may unlock",
    "厂商账号，可以解锁"),
  u("rescue", "rescue cn --account plain | authorised", "write to a phone that is dead (EDL)",
    "救援彻底黑屏的手机（EDL）"),
  u("power", "power on | off", "also: power on fastboot, power on recovery",
    "还有 power on fastboot、power on recovery"),
  u("press", "press volume-down+power", "the phone's keys, from here", "按手机的按键"),
  u("shell getprop", "shell getprop ro.build.fingerprint", "what the ROM that runs says of itself",
    "正在运行的系统对自己的说明"),
  u("explain", "explain", "what was checked and decided, in words", "用文字说明检查和决定了什么"),
  u("cable", "cable", "pull the cable, and put it in again", "拔下数据线再插上"),
  u("factory", "factory", "the phone as it left the factory", "恢复出厂时的状态"),
  u("help", "help", "this list", "此列表"),
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

  /**
   * One line. say(text, zh) hears it line by line, in Chinese too where the words are ours;
   * {isOkay, text}: text is what went wrong.
   */
  async run(line, say, files = new Map()) {
    const [first, ...words] = wordsOf(line);
    if (first === undefined) {
      return { isOkay: true, text: "" };
    }
    const verb = verbOf(first);
    try {
      if (!verb) {
        throw noCommand(first);
      }
      await verb(this, { words, say, files });
      return { isOkay: true, text: "" };
    } catch (error) {
      if (!(error instanceof CommandError)) {
        throw error;
      }
      say(error.message, error.zh);
      return { isOkay: false, text: error.message };
    }
  }

  /** What is under way fails; the phone does not notice more than that nobody is there. */
  pullCable() {
    this.#client?.disconnect("the cable was pulled", "数据线被拔掉了");
    this.#phone.machine.pullCable();
    this.#client = null;
  }

  async client() {
    const machine = this.#phone.machine;
    if (!machine.isOn || machine.doing !== "bootloader") {
      const [state, zh] = machine.isOn ? ["is started", "已经启动"] : ["is off", "已关机"];
      throw new CommandError(`no phone is in fastboot mode: this one ${state}. `
        + "power on fastboot takes it there",
        `没有手机在 fastboot 模式：这台${zh}。进入：power on fastboot`);
    }
    if (this.#client?.isConnected) {
      return this.#client;
    }
    const client = new Fastboot(machine.fastboot);
    const late = new Promise((_, reject) => {
      setTimeout(() => reject(new CommandError("the phone does not answer: it is not in fastboot "
        + "mode. power off, then power on fastboot",
        "手机没有应答：它不在 fastboot 模式。先 power off，再 power on fastboot")), HELLO_MS);
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
      throw new CommandError(`${name} has ${Math.ceil(size / KIB / KIB)} MiB; `
        + `this phone takes ${most / KIB / KIB} MiB at once`,
        `${name} 有 ${Math.ceil(size / KIB / KIB)} MiB；这台手机一次最多接收 ${most / KIB / KIB} MiB`);
    }
    const content = bytes instanceof Uint8Array ? bytes : await bytesOf(bytes);
    const sent = await client.download(content, (line) => say(`(bootloader) ${line}`));
    told(sent, say, `Sending '${name}' (${Math.ceil(content.length / KIB)} KB)`);
  }

  async variable(name) {
    return (await (await this.client()).command(`getvar:${name}`)).text;
  }

  /** Bytes or a Blob: a file that was dropped, or ROM/IMAGE.img of the shelf. */
  async file(name, files) {
    if (files.has(name)) {
      return files.get(name);
    }
    const [, rom, image] = /^(\w+(?::\d+)?)\/(?:images\/)?(\w+)\.img$/.exec(name) ?? [];
    const { site, scene } = this.#phone;
    const images = rom && site.hasRom(scene.model, rom) ? await site.images(scene.model, rom)
      : null;
    if (!images?.has(image)) {
      const shelf = [...site.roms.keys()].map((each) => `${each}/boot.img`).join(", ");
      throw new CommandError(`cannot load '${name}': there is no such file here. `
        + `Drop one, or take one of the shelf: ${shelf}`,
        `cannot load '${name}'：这里没有这个文件。拖放一个，或用货架上的：${shelf}`);
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

async function bytesOf(blob) {
  const whole = new Uint8Array(blob.size);
  for (let at = 0; at < blob.size; at += PIECE_BYTES) {
    whole.set(new Uint8Array(await blob.slice(at, at + PIECE_BYTES).arrayBuffer()), at);
  }
  return whole;
}

function told(answer, say, label) {
  if (label !== null || !answer.isOkay) {
    const end = answer.isOkay ? "OKAY" : `FAILED (remote: '${answer.text}')`;
    say(label ? `${label}  ${end}` : end);
  }
  if (!answer.isOkay) {
    throw new CommandError("fastboot: error: Command failed");
  }
  return answer.text;
}

/** What a first word means; undefined: nothing. */
function verbOf(first) {
  if (BARE.has(first)) {
    return (it, all) => fastboot(it, { ...all, words: [first, ...all.words] });
  }
  return Object.hasOwn(VERBS, first) ? VERBS[first] : undefined;
}

function noCommand(first) {
  const near = meant(first.slice(0, 40), [...Object.keys(VERBS), ...BARE]);
  return near
    ? new CommandError(`there is no command "${first}"; did you mean ${near}?`,
      `没有 ${first} 这个命令；是不是想输入 ${near}？`)
    : new CommandError(`there is no command "${first}"; help lists them`,
      `没有 ${first} 这个命令；输入 help 查看`);
}

function help(_, { say }) {
  const width = Math.max(...USAGE.map(({ usage }) => usage.length));
  const line = (usage, words) => `${usage.padEnd(width)}  ${words}`;
  USAGE.forEach(({ usage, en, zh }) => say(line(usage, en), line(usage, zh)));
}

const VERBS = {
  fastboot,
  flash_all: flashAll,
  flash_all_lock: (it, all) => flashAll(it, all, { isLocking: true }),
  flash_all_except_storage: (it, all) => flashAll(it, all, { keepsData: true }),
  account,
  rescue,
  power,
  press,
  explain,
  shell,
  adb: (it, { words, ...rest }) => shell(it, { words: words.slice(1), ...rest }),
  getprop: (it, { words, ...rest }) => shell(it, { words: ["getprop", ...words], ...rest }),
  cable,
  factory,
  help,
};
