// SPDX-License-Identifier: MIT
// Plays stories on phones of the page, under Node, in the page's own classes: tests/e2e/
// test_page_stories.py. Arguments: the page's folder, then names of stories; a line of JSON for
// each: {name, steps, failed?, output}. FLASHLAB_LANGUAGE: what the page would be read in.
import path from "node:path";
import { pathToFileURL } from "node:url";

const web = (name) => import(pathToFileURL(path.join(process.env.FLASHLAB_WEB, name)));
const { siteOfFolder } = await web("node/folder.js");
const { WebPhone } = await web("web_phone.js");
const { Player } = await web("story.js");

const AT_ONCE = 4; // they wait most of the time
const WAIT_MS = process.env.FLASHLAB_WRONG ? 5000 : 60000;
const [folder, ...names] = process.argv.slice(2);
const site = await siteOfFolder(folder);
const { stories } = await site.stories();

async function play(story) {
  const phone = new WebPhone(site, null, process.env.FLASHLAB_LANGUAGE ?? "en");
  const notes = [];
  const player = new Player(story, phone, { onNote: (text) => notes.push(text), waitMs: WAIT_MS });
  const told = { name: story.name, steps: 0, notes };
  try {
    await player.begin();
    for (; told.steps < story.steps.length; told.steps++) {
      await player.play(told.steps + 1);
    }
  } catch (error) {
    told.failed = String(error.message);
  }
  phone.power.cut();
  return { ...told, output: phone.output.map(({ text }) => text) };
}

async function playSome() {
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const story = stories.find((each) => each.name === name);
    const changed = process.env.FLASHLAB_WRONG ? wrong(story) : story;
    console.log(JSON.stringify(await play(changed)));
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, playSome));
process.exit(0);

/** The same story with another end than it has, which must be noticed. */
function wrong(story) {
  const steps = story.steps.map((step) =>
    ["restarts", "verdict"].includes(step.kind) ? { ...step, what: "off" } : step);
  return { ...story, steps };
}
