// SPDX-License-Identifier: MIT
// What a phone reports in a story, in Chinese; the English sentence comes from
// scripts/lab/trace.yaml.
import { clean } from "/shared/language.js";
import { language } from "./language.js";

const WORDS = {
  advert: "广告", cartoon: "哭泣的卡通小人", waiting: "等待电脑连接", wiped: "数据已清除",
  refused: "拒绝", installed: "已安装", region: "地区", raised: "已增加", unchanged: "未变",
};
const SENTENCES = {
  "rom/popup": ({ what }) => `弹窗：${what}`,
  "rom/boot-success": ({ result }) => `系统报告一切正常；防回滚熔丝${result}`,
  "recovery/page": ({ page }) => `恢复系统的页面：${page}`,
  "recovery/package": ({ result, check }) => `恢复系统对刷机包：${result}${check ? `（${check}）` : ""}`,
};

/** An event and its English sentence -> a sentence for the reader. */
export function reported(trace, english) {
  const key = `${trace.stage}/${trace.event}`;
  if (language() !== "zh" || !Object.hasOwn(SENTENCES, key)) {
    return english;
  }
  const word = (value) => (Object.hasOwn(WORDS, value) ? WORDS[value] : clean(String(value)));
  const known = Object.entries(trace).map(([name, value]) => [name, word(value)]);
  return SENTENCES[key](Object.fromEntries(known));
}
