// SPDX-License-Identifier: MIT
// What the page says round a story, in both languages. The stories bring their own words.

const w = (en, zh) => ({ en, zh });

export const STORY_TEXTS = {
  stories: w("Stories", "故事"),
  stories_hint: w("Each takes the phone, and asks before it shows.", "每个故事都会占用手机，先提问再演示。"),
  in_the_lab: w("needs a running Linux: in the lab", "需要运行 Linux：请在实验室里播放"),
  step: w("step {at} of {of}", "第 {at} 步，共 {of} 步"),
  question: w("What will happen?", "会发生什么？"),
  right: w("right", "正确"),
  run: w("Do it", "执行"),
  running: w("The phone is at work …", "手机正在工作……"),
  next: w("Go on", "继续"),
  end: w("End the story", "结束故事"),
  done: w("Done", "完成"),
  again: w("Once more", "再来一次"),
  failed: w("The story cannot go on:", "故事无法继续："),
};
