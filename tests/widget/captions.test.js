import assert from "node:assert/strict";
import { test } from "node:test";
import { Captions, finished, isEcho, passages, wordAt } from "../../widget/captions.js";

const house = (text) => ({ text, label: "house", source: null });
const own = (text, document = "Rules") => ({ text, label: "verbatim", source: { document, place: "1" } });
const texts = (captions) => captions.entries.map((e) => [e.who, e.text]);

test("a reply grows by its pieces and keeps its place among the fan's words", () => {
  const captions = new Captions();
  captions.typed("Hola");
  captions.begin("1");
  captions.write("1", "Hola, ");
  captions.write("1", "soy Vera.");
  captions.typed("¿Y eso?");
  captions.write("1", " Sí.");
  assert.deepEqual(texts(captions), [["fan", "Hola"], ["twin", "Hola, soy Vera. Sí."], ["fan", "¿Y eso?"]]);
});

test("the ear's guesses replace one another until one is final", () => {
  const captions = new Captions();
  captions.heard("who", false);
  captions.heard("who are", false);
  captions.heard("who are you", true);
  captions.heard("and", false);
  assert.deepEqual(texts(captions), [["fan", "who are you"], ["fan", "and"]]);
});

test("the server's final text replaces what was typed, masks included", () => {
  const captions = new Captions();
  captions.typed("me gusta Xxx");
  captions.heard("me gusta ***", true);
  assert.deepEqual(texts(captions), [["fan", "me gusta ***"]]);
});

test("noise leaves no entry behind", () => {
  const captions = new Captions();
  captions.heard("mm", false);
  captions.heard("", true);
  assert.deepEqual(captions.entries, []);
});

test("a cut reply ends at what was heard, with an ellipsis, whatever comes later", () => {
  const captions = new Captions();
  captions.write("1", "One two three. Four five.");
  captions.word("1", "One", 0, 100);
  captions.word("1", "three", 300, 400);
  captions.cut("1", "One two");
  captions.write("1", " Six.");
  captions.end("1", [house("One two three.")]);
  const reply = captions.reply("1");
  assert.equal(reply.text, "One two…");
  assert.deepEqual(reply.words.map((w) => w.from), [0]);
});

test("a reply that was cut after its end keeps the labels of what was heard", () => {
  const captions = new Captions();
  captions.write("1", "Hello there. Offside is this.");
  captions.end("1", [house("Hello there."), own("Offside is this.")]);
  captions.cut("1", "Hello there. Offside");
  const reply = captions.reply("1");
  assert.deepEqual(reply.passages.map((p) => [reply.text.slice(p.start, p.end), p.label]), [
    ["Hello there. ", "house"],
    ["Offside…", "verbatim"],
  ]);
});

test("a reply of which nothing was heard is an ellipsis", () => {
  const captions = new Captions();
  captions.write("1", "Hello.");
  assert.equal(captions.cut("1", "").text, "…");
});

test("equal words are found one after the other", () => {
  const captions = new Captions();
  captions.write("1", "no, no y no");
  for (const from of [0, 200, 400]) captions.word("1", "no", from, from + 100);
  assert.deepEqual(captions.reply("1").words.map((w) => w.start), [0, 4, 9]);
});

test("passages cover the whole text and join neighbours of one source", () => {
  const text = "Hi. A b. C d.  E f.";
  const runs = passages(text, [house("Hi."), own("A b."), own("C d."), own("E f.", "Book")]);
  assert.equal(runs.map((p) => text.slice(p.start, p.end)).join(""), text);
  assert.deepEqual(runs.map((p) => p.source?.document), [undefined, "Rules", "Book"]);
});

test("only finished sentences are announced", () => {
  assert.equal(finished("¡Hola! Soy", false), 6);
  assert.equal(finished("Dijo «no». Y", false), 10);
  assert.equal(finished("Son las 3.5 y", false), 0);
  assert.equal(finished("Hola", true), 4);
});

test("a word is marked while it sounds", () => {
  const words = [
    { start: 0, end: 3, from: 0, to: 200 },
    { start: 4, end: 7, from: 200, to: 400 },
  ];
  assert.equal(wordAt(words, 100).start, 0);
  assert.equal(wordAt(words, 200).start, 4);
  assert.equal(wordAt(words, 600), undefined);
});

test("the twin's own voice in a recogniser is told from the fan's", () => {
  const reply = "El fuera de juego se mira en el momento del pase.";
  assert.ok(isEcho("fuera de juego se mira", reply));
  assert.ok(!isEcho("espera, ¿y el portero?", reply));
});
