// SPDX-License-Identifier: MIT
// The page's folder under Node: the same modules, without a browser.
import { readFile } from "node:fs/promises";
import { webcrypto } from "node:crypto";
import path from "node:path";

import { Site } from "../site.js";

globalThis.crypto ??= webcrypto; // Node 18 has it under another name

/** A Site out of what `make page` wrote. */
export function siteOfFolder(folder) {
  return new Site(async (name) => new Uint8Array(await readFile(path.join(folder, name)))).open();
}
