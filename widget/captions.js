/** @import {Entry, Passage, Sentence, Word} from "./types.js" */

const SENTENCE_END = /[.!?…]+["”»’)\]]*(?=\s)/gu;

/** Index up to which `text` consists of finished sentences. @param {string} text @param {boolean} settled */
export function finished(text, settled) {
  if (settled) return text.length;
  let end = 0;
  for (const match of text.matchAll(SENTENCE_END)) end = match.index + match[0].length;
  return end;
}

/** The last word that has begun at `ms`, while it lasts. @param {Word[]} words @param {number} ms */
export const wordAt = (words, ms) => words.findLast((w) => w.from <= ms && ms < w.to + 120);

/** Whether a recogniser has merely heard the twin's own voice. @param {string} heard @param {string} reply */
export function isEcho(heard, reply) {
  const split = (/** @type {string} */ text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const said = new Set(split(reply));
  const words = split(heard);
  return words.filter((word) => said.has(word)).length > words.length * 0.6;
}

export class Captions {
  /** @type {Entry[]} */ entries = [];

  /** @param {string} text */
  typed(text) {
    return this.#add("fan", "", text, true);
  }

  /** The ear's latest text of this turn. @param {string} text @param {boolean} final */
  heard(text, final) {
    const last = this.entries.findLast((e) => e.who === "fan");
    const open = last && !last.settled && (!last.typed || final) ? last : null;
    const entry = open ?? this.#add("fan", "", text, false);
    entry.text = text;
    entry.settled = final;
    if (!text && final) this.entries.splice(this.entries.indexOf(entry), 1);
    return entry;
  }

  /** @param {string} turn */
  begin(turn) {
    for (const entry of this.entries) entry.settled ||= entry.who === "fan";
    return this.reply(turn) ?? this.#add("twin", turn, "", false);
  }

  /** @param {string} turn */
  reply(turn) {
    return this.entries.findLast((e) => e.who === "twin" && e.turn === turn);
  }

  /** @param {string} turn @param {string} text */
  write(turn, text) {
    const entry = this.begin(turn);
    if (!entry.settled) entry.text += text;
    return entry;
  }

  /** Places a spoken word in the reply's text. @param {string} turn @param {string} text @param {number} from @param {number} to */
  word(turn, text, from, to) {
    const entry = this.reply(turn);
    const start = entry?.text.indexOf(text, entry.words.at(-1)?.end ?? 0) ?? -1;
    if (start >= 0) entry?.words.push({ start, end: start + text.length, from, to });
  }

  /** @param {string} turn @param {Sentence[]} sentences */
  end(turn, sentences) {
    const entry = this.begin(turn);
    entry.settled = true;
    entry.passages = passages(entry.text, sentences);
    return entry;
  }

  /** The fan interrupted: only `heard` remains. @param {string} turn @param {string} heard */
  cut(turn, heard) {
    const entry = this.begin(turn);
    const text = heard.trim();
    entry.text = `${text}…`;
    entry.settled = true;
    entry.words = entry.words.filter((w) => w.end <= text.length);
    entry.passages = entry.passages
      .filter((p) => p.start < text.length)
      .map((p) => ({ ...p, end: Math.min(p.end, text.length) }));
    const last = entry.passages.at(-1);
    if (last) last.end = entry.text.length;
    return entry;
  }

  /** @param {"fan" | "twin"} who @param {string} turn @param {string} text @param {boolean} typed */
  #add(who, turn, text, typed) {
    /** @type {Entry} */
    const entry = { who, turn, text, typed, settled: false, words: [], passages: [] };
    this.entries.push(entry);
    return entry;
  }
}

/** All of a reply in runs of one label and source. @param {string} text @param {Sentence[]} sentences */
export function passages(text, sentences) {
  /** @type {Passage[]} */ const found = [];
  let end = 0;
  for (const sentence of sentences) {
    const { label, source } = sentence;
    const at = text.indexOf(sentence.text, end);
    if (at < 0) continue;
    end = at + sentence.text.length;
    const last = found.at(-1);
    if (!last || JSON.stringify([last.label, last.source]) !== JSON.stringify([label, source]))
      found.push({ start: last ? at : 0, end, label, source });
  }
  found.forEach((passage, i) => (passage.end = found[i + 1]?.start ?? text.length));
  return found;
}
