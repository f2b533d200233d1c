// SPDX-License-Identifier: MIT
// Rescue mode (EDL) from the outside: an account that signs, and a ROM that is written, as
// scripts/lab/rescue.py does it. What a phone answers is bounded. docs/rescue.md has the protocol.
import { CommandError } from "./command_error.js";

const XML = 1;
const DATA = 2;
const HEAD_BYTES = 8;
const XML_BYTES_MAX = 4096;
const DATA_BYTES_MAX = 262144;
const SECTOR_BYTES = 512;
const REPLIES_MAX = 200; // to one command
const HELLO_MS = 5000;
const ANSWER_MS = 30000;
// so that a rescue that is cut short leaves a phone that starts nothing
const LAST = ["vbmeta", "boot"];

const ELEMENT = new RegExp('^(?:<\\?xml version="1\\.0"\\?>)?'
  + '<data><([A-Za-z_]{1,31})((?: [A-Za-z0-9_]{1,31}="[^"<>&\\n]{0,400}")*) ?/></data>$');
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One conversation over the phone's rescue link. */
export class Rescue {
  #link;
  #received = new Uint8Array(0);
  #wake = () => {};

  constructor(link) {
    this.#link = link;
  }

  /** The phone speaks first: {product, serial}. */
  async connect() {
    this.#link.connect((bytes) => this.#take(bytes));
    const hello = await this.#reply(HELLO_MS);
    if (hello.name !== "hello" || !hello.values.product || !hello.values.serial) {
      throw new CommandError("what answers there is not a phone in rescue mode",
        "那里回应的不是救援模式的手机");
    }
    return hello.values;
  }

  close() {
    this.#link.disconnect();
    this.#wake();
  }

  /** What came before its ACK; a NAK is an error with the phone's own words. */
  command(name, values = {}) {
    const words = Object.entries(values).map(([key, value]) => ` ${key}="${value}"`).join("");
    this.#send(XML, encoder.encode(`<?xml version="1.0"?><data><${name}${words}/></data>`));
    return this.#answer();
  }

  /** After a command that was told to go on. */
  async data(pieces) {
    pieces.forEach((piece) => this.#send(DATA, piece));
    return this.#answer();
  }

  async #answer() {
    const said = [];
    while (said.length < REPLIES_MAX) {
      const reply = await this.#reply(ANSWER_MS);
      if (reply.name !== "response") {
        said.push(reply);
      } else if (reply.values.value === "ACK") {
        return said;
      } else {
        const logs = said.filter(({ name }) => name === "log").map(({ values }) => values.value);
        const why = logs.join("; ");
        throw new CommandError(why || "refused, and it did not say why", why || "拒绝，没有说明原因");
      }
    }
    throw new CommandError("the phone says more than it should", "手机发来的内容过多");
  }

  #send(kind, bytes) {
    const head = new DataView(new ArrayBuffer(HEAD_BYTES));
    head.setUint32(0, kind, true);
    head.setUint32(4, bytes.length, true);
    this.#link.send(new Uint8Array(head.buffer));
    this.#link.send(bytes);
  }

  async #reply(ms) {
    const head = await this.#next(HEAD_BYTES, ms);
    const view = new DataView(head.buffer);
    const size = view.getUint32(4, true);
    if (view.getUint32(0, true) !== XML || size > XML_BYTES_MAX) {
      throw new CommandError("the phone sends something that is no packet of rescue mode",
        "手机发来的不是救援模式的数据包");
    }
    const found = ELEMENT.exec(decoder.decode(await this.#next(size, ms)));
    if (!found) {
      throw new CommandError("the phone sends something that is not one element",
        "手机发来的内容无法理解");
    }
    const values = [...found[2].matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
    return { name: found[1], values: Object.fromEntries(values) };
  }

  async #next(count, ms) {
    const end = performance.now() + ms;
    while (this.#received.length < count) {
      const left = end - performance.now();
      if (left <= 0 || !this.#link.isConnected) {
        throw left <= 0 ? new CommandError("the phone does not answer", "手机没有回应")
          : new CommandError("the phone hung up", "手机断开了连接");
      }
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const bytes = this.#received.slice(0, count);
    this.#received = this.#received.slice(count);
    return bytes;
  }

  #take(bytes) {
    const joined = new Uint8Array(this.#received.length + bytes.length);
    joined.set(this.#received);
    joined.set(bytes, this.#received.length);
    this.#received = joined;
    this.#wake();
  }
}

/** Challenge and answer. What the phone says to an account that is not the maker's is thrown. */
async function authenticate(it, client, hello, who) {
  const said = await client.command("sig", { TargetName: "req" });
  const challenge = said.find(({ name }) => name === "sig")?.values.blob ?? "";
  if (!/^[0-9a-f]{64}$/.test(challenge)) {
    throw new CommandError("the phone's challenge is not one", "手机给出的挑战值无效");
  }
  const answer = await it.phone.account.rescueAnswer(who, challenge, hello.serial);
  await client.command("sig", { TargetName: "sig", size_in_bytes: answer.length });
  await client.data([answer]);
}

async function refused(client, who, refusal) {
  const told = await client.command("erase", { label: "boot" }).then(() => null, (error) => error);
  if (told === null) {
    throw new CommandError("the phone refused the account, and obeyed it all the same",
      "手机拒绝了账号，却照样执行了命令");
  }
  throw new CommandError(`the ${who} account was refused: ${refusal.message}\n`
    + `what it is told from now on: ${told.message}\nnothing was written`,
    `账号 ${who} 被拒绝：${refusal.message}\n之后对它的回答：${told.message}\n什么都没有写入`);
}

/** Every partition that the phone has of it; slots get the same. */
async function writeImages(it, client, images, say) {
  const { partitions } = it.phone.about;
  const names = Object.keys(partitions)
    .filter((name) => images.has(name.replace(/_[ab]$/, "")))
    .sort((one, other) => LAST.findIndex((last) => one.startsWith(last))
      - LAST.findIndex((last) => other.startsWith(last)));
  await client.command("configure",
    { MemoryName: "ufs", MaxPayloadSizeToTargetInBytes: DATA_BYTES_MAX });
  for (const name of Object.keys(partitions).filter((each) => /^boot(_[ab])?$/.test(each))) {
    await client.command("erase", { label: name });
  }
  for (const name of names) {
    await writeImage(client, name, images.get(name.replace(/_[ab]$/, "")));
    say(`${name} written`, `${name} 已写入`);
  }
}

async function writeImage(client, label, image) {
  await client.command("erase", { label });
  for (const { offset, bytes } of image.extents) {
    const sectors = Math.ceil(bytes.length / SECTOR_BYTES);
    const whole = new Uint8Array(sectors * SECTOR_BYTES);
    whole.set(bytes);
    await client.command("program", { label, start_sector: offset / SECTOR_BYTES,
      num_partition_sectors: sectors, SECTOR_SIZE_IN_BYTES: SECTOR_BYTES });
    const pieces = [];
    for (let at = 0; at < whole.length; at += DATA_BYTES_MAX) {
      pieces.push(whole.subarray(at, at + DATA_BYTES_MAX));
    }
    await client.data(pieces);
  }
}

/** The whole way, from hello to reset. `who`: "plain" or "authorised". */
export async function rescue(it, who, rom, say) {
  const { machine, site, scene } = it.phone;
  const images = await site.images(scene.model, rom);
  const client = new Rescue(machine.rescue);
  try {
    const hello = await client.connect().catch((error) => {
      throw new CommandError(`the phone is not in rescue mode: ${error.message}\n`
        + "a dead phone is there by itself; any other goes there with: fastboot oem edl",
        `手机不在救援模式：${error.zh}\n黑屏的手机自己就在；其他手机这样进入：fastboot oem edl`);
    });
    const phone = `${hello.product} ${hello.serial}`;
    say(`${phone} is in rescue mode`, `${phone} 处于救援模式`);
    await authenticate(it, client, hello, who).catch((refusal) => refused(client, who, refusal));
    say(`the ${who} account is accepted; writing the ROM ${rom}`,
      `账号 ${who} 已通过；正在写入系统 ${rom}`);
    await writeImages(it, client, images, say);
    await client.command("reset");
    say("written; the phone restarts", "已写入，手机重启");
  } finally {
    client.close();
  }
}
