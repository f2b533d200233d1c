// SPDX-License-Identifier: MIT
// A phone of the page under Node, driven step by step: tests/e2e/page_twin.py drives QEMU's with the
// same steps. On standard input one JSON object {folder, scene, changes, steps, isPatient, isSystemRun}; on standard
// output {events, answers}, or {error}.
import { readFileSync } from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

const web = (name) => import(pathToFileURL(path.join(process.env.FLASHLAB_WEB, name)));
const { apply } = await web("node/judge.js");
const { siteOfFolder } = await web("node/folder.js");
const { Fastboot } = await web("fastboot.js");
const { Phone } = await web("phone.js");
const { verdictWords } = await web("shared/verdict.js");

const request = JSON.parse(readFileSync(0, "utf8"));
const site = await siteOfFolder(request.folder);
const parts = await site.factory(request.scene);
await parts.disk.arrived;
for (const change of request.changes ?? []) {
  await apply(site, parts, change);
}
const clock = new Date(request.clock ?? "2018-09-14T09:41:00");
// Else as in QEMU, where the stub of a kernel does nothing: no ROM ever runs.
const never = () => new Promise(() => {});
const modules = request.isSystemRun ? site.modules : { core: site.modules.core, rom: never, recovery: never };
const phone = new Phone(modules, parts, { isPatient: request.isPatient ?? false, now: () => clock });
const answers = [];
let client = null;

async function until(isSo, what) {
  const end = performance.now() + 60000;
  while (!isSo()) {
    if (performance.now() > end) {
      throw new Error(`waited in vain for ${what}: ${JSON.stringify(phone.events.slice(-4))}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function connected() {
  if (!client?.isConnected) {
    client = new Fastboot(phone.fastboot);
    await client.connect();
  }
  return client;
}

const does = {
  on: ({ hold }) => phone.powerOn({ hold }),
  cut: () => phone.cut(),
  press: ({ key }) => {
    phone.press(key);
    phone.press(key, false);
  },
  verdict: ({ begins, nth }) => until(() => phone.events.filter((event) => event.event === "verdict").length >= (nth ?? 1)
    && (verdictWords(phone.events.filter((event) => !["rom", "recovery"].includes(event.stage))) ?? "boot").startsWith(begins), begins),
  event: ({ name }) => until(() => phone.events.some((event) => `${event.stage}/${event.event}` === name), name),
  command: async ({ text }) => {
    const lines = [];
    const answer = await (await connected()).command(text, (line) => lines.push(line));
    answers.push([...lines, `${answer.isOkay ? "OKAY" : "FAIL"}${answer.text}`]);
  },
  flash: async ({ partition, file }) => {
    const answer = await (await connected()).flash(partition, new Uint8Array(await readFile(file)));
    answers.push([`${answer.isOkay ? "OKAY" : "FAIL"}${answer.text}`]);
  },
  stage: async ({ file }) => {
    const answer = await (await connected()).download(new Uint8Array(await readFile(file)));
    answers.push([`${answer.isOkay ? "OKAY" : "FAIL"}${answer.text}`]);
  },
  leave: (step) => does.command(step), // after which the phone is another
  picture: async ({ file }) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    await writeFile(file, ppm(phone.panel()));
  },
  dump: async ({ nor, disk }) => {
    await writeFile(nor, phone.nor);
    const file = await open(disk, "w");
    await file.truncate(phone.disk.blocks * 512);
    for (const [page, bytes] of phone.disk.written()) {
      const length = Math.min(bytes.length, phone.disk.blocks * 512 - page * bytes.length);
      await file.write(bytes, 0, length, page * bytes.length);
    }
    await file.close();
  },
};

function ppm({ width, height, stride, pixels }) {
  const out = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      out.writeUIntBE(pixels[y * stride + x] & 0xffffff, (y * width + x) * 3, 3);
    }
  }
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), out]);
}

try {
  for (const step of request.steps) {
    await does[step.do](step);
  }
  console.log(JSON.stringify({ events: phone.events, answers }));
} catch (error) {
  console.log(JSON.stringify({ error: error.stack, events: phone.events.slice(-8) }));
} finally {
  phone.cut();
}
