import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const WIDGET = new URL("../../widget/", import.meta.url);
const read = (name) => readFile(new URL(name, WIDGET), "utf8");
const weigh = async (names) => {
  const sizes = await Promise.all([...names].map(async (name) => gzipSync(await read(name), { level: 9 }).length));
  return sizes.reduce((sum, size) => sum + size, 0);
};

/** What a browser loads with `name` before any script of it runs. */
async function closure(name, found = new Set()) {
  found.add(name);
  for (const [, imported] of (await read(name)).matchAll(/^import [^;]*from "\.\/([^"]+)";/gm)) {
    if (!found.has(imported)) await closure(imported, found);
  }
  return found;
}

test("a page with the widget loads at most 8 kB before somebody reaches for it", async () => {
  const loaded = await closure("gemelo.js");
  assert.ok(loaded.size > 1);
  assert.ok((await weigh(loaded)) <= 8000);
});

test("the whole widget weighs at most 20 kB", async () => {
  const files = (await readdir(WIDGET)).filter((name) => name.endsWith(".js"));
  assert.ok((await weigh(files)) <= 20000);
});

test("nothing is imported from anywhere else", async () => {
  for (const name of (await readdir(WIDGET)).filter((file) => file.endsWith(".js"))) {
    const source = await read(name);
    for (const [, from] of source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) assert.match(from, /^\.\//, `${name}: ${from}`);
  }
});
