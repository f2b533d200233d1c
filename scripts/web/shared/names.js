// SPDX-License-Identifier: MIT
// What the words of a trace are called by people.

export const NAMES = {
  region: {
    cn: { en: "China", zh: "中国" },
    global: { en: "Global", zh: "国际" },
    unknown: { en: "no region", zh: "未标明地区" },
  },
  rom: {
    cn: { en: "China", zh: "中国版" },
    global: { en: "Global", zh: "国际版" },
    reseller: { en: "reseller's", zh: "转卖商" },
  },
  lock: {
    locked: { en: "locked", zh: "已锁定" },
    unlocked: { en: "unlocked", zh: "已解锁" },
  },
  verdict: {
    authentic: { en: "signed by the maker", zh: "由厂商签名" },
    "user-key": { en: "signed with the owner's own key", zh: "由机主自己的密钥签名" },
    "wrong-key": { en: "signed by somebody else", zh: "由他人签名" },
    "bad-signature": { en: "without a valid signature", zh: "没有有效签名" },
    unsupported: { en: "signed in a way that it cannot check", zh: "签名方式本机不支持" },
    "bad-hash": { en: "changed after it was signed", zh: "签名后被改动" },
    "no-rom": { en: "not there", zh: "不存在" },
    unknown: { en: "unreadable", zh: "无法读取" },
  },
  regime: {
    announced: { en: "as announced", zh: "按公告" },
    shipped: { en: "as shipped", zh: "按实际出厂" },
    none: { en: "nobody checks", zh: "无人检查" },
  },
  boot_state: {
    green: { en: "green", zh: "绿色" },
    yellow: { en: "yellow", zh: "黄色" },
    orange: { en: "orange", zh: "橙色" },
    red: { en: "red", zh: "红色" },
    unverified: { en: "unverified", zh: "未验证" },
  },
};

/** A word of the trace for people; the word itself where it has no name. */
export function nameOf(kind, word, language) {
  const names = NAMES[kind];
  return names && Object.hasOwn(names, word) ? names[word][language] : String(word ?? "");
}
