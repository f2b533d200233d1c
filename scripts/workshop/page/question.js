// SPDX-License-Identifier: MIT
// A question with its answers: who looks on votes, the bars show how many, then the right one is
// marked.
import { h } from "./dom.js";
import { both, t } from "./language.js";

const LETTERS = "ABCD";
let mine = { of: "", answer: null }; // this page's own vote, so that it is marked

const count = (votes) => votes.reduce((sum, number) => sum + number, 0);

/** `vote(answer)` is called while the question is open. */
export function questionCard(question, phase, vote) {
  const of = both(question.ask);
  const open = phase === "asking";
  const total = count(question.votes);
  const answers = question.answers.map((answer, number) => {
    const share = total ? question.votes[number] / total : 0;
    const right = question.right === number;
    const chosen = mine.of === of && mine.answer === number;
    const bar = h("span.bar");
    bar.style.width = `${100 * share}%`;
    return h("button.answer", {
      type: "button", disabled: !open, "aria-pressed": String(chosen),
      data: { right: question.right === null ? "" : right },
      onclick: () => {
        mine = { of, answer: number };
        vote(number);
      },
    }, bar, h("span.letter", {}, LETTERS[number]), h("span.answer-words", {}, both(answer)),
    right ? h("span.right", {}, `✓ ${t("right_answer")}`) : null,
    total ? h("span.votes", {},
      question.votes[number] === 1 ? t("one_vote") : t("votes", { count: question.votes[number] }))
      : null);
  });
  return h("section.question", { "aria-label": t("question") }, h("p.ask", {}, of), answers,
    question.after ? h("p.after", {}, both(question.after)) : null);
}
