import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, TEXTS } from "../../widget/texts.js";

test("the first wish that is offered wins, whatever its region", () => {
  assert.equal(choose(["fr-FR", "es-MX", "en"]), "es");
  assert.equal(choose(["en-GB"], ["es"]), "es");
  assert.equal(choose([], ["en", "es"]), "en");
});

test("no text is missing or left untranslated", () => {
  const same = Object.keys(TEXTS.es).filter((name) => !TEXTS.en[name] || TEXTS.en[name] === TEXTS.es[name]);
  assert.deepEqual(same, []);
  assert.deepEqual(Object.keys(TEXTS.en), Object.keys(TEXTS.es));
});
