// SPDX-License-Identifier: MIT
// The words that a newcomer meets, each in two or three sentences, and how to find them in a text.

/** name; how it is written in texts (English and Chinese); what it is. */
export const GLOSSARY = [
  { name: "bootloader", written: ["bootloader", "引导程序"],
    en: "The first program of a phone. It decides whether the system may start. Here it is a real one, in C.",
    zh: "手机的第一个程序，决定系统能否启动。这里运行的是一个真正的引导程序，用 C 写成。" },
  { name: "ROM", written: ["ROM"],
    en: "The system that is installed on a phone: kernel, apps and data in a few image files.",
    zh: "安装在手机上的系统：内核、应用和数据，装在几个镜像文件里。" },
  { name: "made for", written: ["made for", "面向"],
    en: "The market that a phone was built for. The factory burns it into fuses, and nothing can change it.",
    zh: "手机面向的市场。出厂时烧入熔丝，无法更改。" },
  { name: "fuses", written: ["fuses", "fuse", "熔丝"],
    en: "Bits in the chip that can be burned once and never restored. Region, key and rollback index are there.",
    zh: "芯片中只能烧写一次、无法恢复的位。地区、密钥和防回滚序号都在其中。" },
  { name: "locked", written: ["unlocked", "locked", "已锁定", "已解锁"],
    en: "A locked phone runs only what its maker signed. Unlocking takes an account and a waiting time, and erases the owner's data.",
    zh: "锁定的手机只运行厂商签名的系统。解锁需要账号和等待时间，并会清除用户数据。" },
  { name: "brick", written: ["soft brick", "brick", "bricks", "软砖", "变砖"],
    en: "A phone that does not start. Soft: the screen says why, and it can be cured. Hard: the screen stays black.",
    zh: "无法启动的手机。软砖：屏幕会说明原因，可以救回。硬砖：屏幕全黑。" },
  { name: "fastboot", written: ["fastboot", "Fastboot"],
    en: "A mode of the bootloader in which a computer may ask, and write images. Volume down and Power lead to it.",
    zh: "引导程序的一种模式，电脑可以查询并写入镜像。按住音量下键和电源键进入。" },
  { name: "flash", written: ["flashed", "flash", "刷入", "刷机"],
    en: "To write an image into a partition of the phone.",
    zh: "把镜像写入手机的分区。" },
  { name: "AVB", written: ["AVB", "verified boot", "验证启动"],
    en: "Android Verified Boot. The bootloader checks a signature over the whole system before it starts it.",
    zh: "Android 验证启动：引导程序在启动前检查整个系统的签名。" },
  { name: "vbmeta", written: ["vbmeta"],
    en: "The small partition with the signature: hashes of the images, and what the ROM says of itself.",
    zh: "存放签名的小分区：镜像的哈希值，以及系统的自述。" },
  { name: "signature", written: ["signature", "signed", "签名"],
    en: "A proof, made with a secret key, of who made some data and that nobody changed it since.",
    zh: "用私钥生成的证明：数据由谁制作，且之后没有被改动。" },
  { name: "anti", written: ["rollback", "anti", "回滚", "序号"],
    en: "Anti-rollback: a counter in the fuses that only grows. A ROM with a lower index is never started again.",
    zh: "防回滚：熔丝中只增不减的计数。序号更低的系统不会再被启动。" },
  { name: "slot", written: ["Slot", "slot", "插槽"],
    en: "Some phones keep two systems, a and b, and fall back to the other when one does not start.",
    zh: "有些手机保存两套系统 a 和 b，一套无法启动时换另一套。" },
  { name: "partition", written: ["partition", "partitions", "分区"],
    en: "A named part of the phone's disk: boot, recovery, vbmeta, system, userdata ...",
    zh: "手机存储中有名字的一部分：boot、recovery、vbmeta、system、userdata……" },
  { name: "recovery", written: ["recovery", "恢复模式"],
    en: "A small second system that repairs the first: it erases data, or installs a package.",
    zh: "一个小的备用系统，用来修复主系统：清除数据或安装升级包。" },
  { name: "EDL", written: ["EDL", "rescue mode", "救援模式"],
    en: "Emergency download, the last way into a dead phone. It answers to authorised accounts only.",
    zh: "紧急下载模式，进入黑屏手机的最后途径，只响应授权账号。" },
  { name: "as announced", written: ["as announced", "announced", "按公告"],
    en: "The rule of the announcement of September 2018: phones of 2018 or later refuse a ROM of another region, locked or not.",
    zh: "2018 年 9 月公告的规则：2018 年及以后的手机拒绝其他地区的系统，无论是否锁定。" },
  { name: "as shipped", written: ["as shipped", "shipped", "按实际出厂"],
    en: "What the phones really did: the ROM itself looked, and refused only China hardware, Global ROM, locked.",
    zh: "手机的实际做法：由系统自己检查，只拒绝“中国硬件、国际系统、已锁定”的组合。" },
  { name: "green", written: ["green", "绿色"],
    en: "Verified boot: locked, and signed by the maker.", zh: "验证启动：已锁定，由厂商签名。" },
  { name: "yellow", written: ["yellow", "黄色"],
    en: "Verified boot: locked, and signed with a key that the owner enrolled.", zh: "验证启动：已锁定，由机主登记的密钥签名。" },
  { name: "orange", written: ["orange", "橙色"],
    en: "Verified boot: unlocked. Anything runs, and a warning says so.", zh: "验证启动：已解锁。任何系统都能运行，并会提示。" },
  { name: "red", written: ["red", "红色"],
    en: "Verified boot: nothing that could be trusted was found; it is not started.", zh: "验证启动：没有可信的系统，不启动。" },
  { name: "kernel", written: ["kernel", "内核"],
    en: "The core of a system, the first of it that the bootloader starts.", zh: "系统的核心，由引导程序最先启动。" },
  { name: "reseller", written: ["reseller"],
    en: "A shop that flashes a ROM of its own, with advertisements and worse in it, before it sells a phone.",
    zh: "销售前给手机刷入自制系统的商家，其中带有广告甚至更糟的东西。" },
];

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

/** A text in pieces: strings, and {text, entry} for each word of the glossary, the first time only. */
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
