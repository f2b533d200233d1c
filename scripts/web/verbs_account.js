// SPDX-License-Identifier: MIT
// The maker's account, as far as it is typed: bound, waited for, and what it answers a phone's
// token.
import { HOURS, readToken } from "./account.js";
import { CommandError } from "./command_error.js";
import { sincePowerOn, verdictWords } from "./shared/verdict.js";

const ANDROID_ONE = "android-one";
const COULD_NOT = "Couldn't unlock";
const COULD_NOT_ZH = "解锁失败";
const TOKEN_CHARS_SHOWN = 24;

function mustNeedOne({ about }) {
  if (!about.protections.includes("bootloader-lock")) {
    throw new CommandError(`a ${about.name} was never locked: it is flashed without an account`,
      `${about.name} 从未上锁，刷机不需要账号`);
  }
  if (about.os === ANDROID_ONE) {
    throw new CommandError(`a ${about.name} is unlocked without an account: `
      + "fastboot flashing unlock, and yes on the phone",
      `${about.name} 解锁不需要账号：fastboot flashing unlock，再在手机上确认`);
  }
}

function bind(it, say) {
  const { account, about, machine } = it.phone;
  mustNeedOne(it.phone);
  const words = verdictWords(sincePowerOn(machine.events));
  if (machine.events.length !== 0 && !words?.startsWith("home")) {
    throw new CommandError("an account is added in the running system's settings, and this phone "
      + `does not run one: ${words ?? "it is off"}. Start it first`,
      `账号要在运行中的系统设置里添加，而手机现在是：${words ?? "已关机"}。请先正常开机`);
  }
  account.bind(about.released < 201801 ? HOURS.before : HOURS.from2018);
  describe(account, say);
}

function describe(account, say) {
  const { hoursLeft: left, waitHours: all } = account;
  say(`bound to account workshop; ${left === 0 ? "it may be unlocked now"
    : `${left} of ${all} hours to wait`}`,
    `已绑定账号 workshop；${left === 0 ? "现在可以解锁" : `共 ${all} 小时，还要等 ${left} 小时`}`);
}

function wait(it, text, say) {
  const [, hours, unit] = /^(\d{1,6})([hd]?)$/.exec(text ?? "") ?? [];
  if (!hours) {
    throw new CommandError("usage: account wait 360h (or 15d): moves the lab's clock",
      "用法：account wait 360h（或 15d）：拨快实验室的时钟");
  }
  if (it.phone.account.boundAt === null) {
    throw new CommandError("no account is bound to it: account bind",
      "还没有绑定账号：account bind");
  }
  it.phone.account.moveClock(Number(hours) * (unit === "d" ? 24 : 1));
  describe(it.phone.account, say);
}

function mustHaveWaited({ account }) {
  if (account.boundAt === null) {
    throw new CommandError(
      `${COULD_NOT}\nno account is bound to it (account bind, while the system runs)`,
      `${COULD_NOT_ZH}\n还没有绑定账号（系统运行时输入 account bind）`);
  }
  const left = account.hoursLeft;
  if (left > 0) {
    throw new CommandError(`${COULD_NOT}\nAfter ${left} hours of trying to unlock the device `
      + `(account wait ${left}h moves the clock)`,
      `${COULD_NOT_ZH}\n请在 ${left} 小时后再尝试解锁设备（account wait ${left}h 拨快时钟）`);
  }
}

async function unlock(it, say) {
  const { account, scene, about } = it.phone;
  mustNeedOne(it.phone);
  mustHaveWaited(it.phone);
  const lines = [];
  const client = await it.client();
  await client.command("oem get_token", (line) => lines.push(line.replace(/^token: ?/, "").trim()));
  const text = lines.join("");
  const token = readToken(text);
  if (token === null || token.product !== scene.model || token.serial !== about.serial) {
    throw new CommandError(`${COULD_NOT}\nthe phone gave a token that is not its own`,
      `${COULD_NOT_ZH}\n手机给出的令牌不是它自己的`);
  }
  const shown = `${text.slice(0, TOKEN_CHARS_SHOWN)}…`;
  say(`token ${shown}, answered by the account's server`, `令牌 ${shown}，账号服务器已答复`);
  await it.send(await account.answer(token), "the answer", say);
  await it.ask("oem unlock", say, "Unlocking");
}

export function account(it, { words, say }) {
  const does = {
    bind: () => bind(it, say),
    wait: () => wait(it, words[1], say),
    unlock: () => unlock(it, say),
  };
  if (!Object.hasOwn(does, words[0] ?? "")) {
    throw new CommandError("usage: account bind, account wait 360h, account unlock",
      "用法：account bind、account wait 360h、account unlock");
  }
  return does[words[0]]();
}
