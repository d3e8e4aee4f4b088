import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { MOUTHS, outline, shapeAt } from "../../widget/face.js";

test("a shape holds from its time to the next one's", () => {
  const track = [
    [0, "mbp"],
    [80, "aa"],
    [200, "rest"],
  ];
  assert.deepEqual([-10, 0, 79, 80, 199, 5000].map((ms) => shapeAt(track, ms)), ["rest", "mbp", "mbp", "aa", "aa", "rest"]);
});

test("every viseme of the engine's vocabulary can be drawn", async () => {
  const vocabulary = await readFile(new URL("../../models/vocabulary.py", import.meta.url), "utf8");
  const [, list] = vocabulary.match(/^VISEMES = \(([^)]*)\)/m);
  assert.deepEqual(Object.keys(MOUTHS).sort(), list.match(/\w+/g).sort());
});

test("an open mouth reaches lower than a shut one", () => {
  const lowest = (path) => Math.max(...path.match(/-?[\d.]+/g).filter((_, i) => i % 2 === 1).map(Number));
  assert.ok(lowest(outline(17, 22)) > lowest(outline(17, 0)) + 10);
});

test("a shut mouth lets no teeth show", () => {
  for (const shape of ["rest", "mbp"]) assert.equal(MOUTHS[shape][1], 0);
});
