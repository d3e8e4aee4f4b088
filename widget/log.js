/** @import {Entry, Texts} from "./types.js" */
import { finished, wordAt } from "./captions.js";

const SPOKEN = "gemelo-word";

export class Log {
  #list;
  #announcer;
  #twin;
  /** @type {Map<Entry, HTMLElement>} */ #items = new Map();
  /** How much of an entry has been announced. @type {Map<Entry, number>} */ #announced = new Map();

  /** @param {Element} list @param {Element} announcer @param {{texts: Texts}} twin */
  constructor(list, announcer, twin) {
    this.#list = list;
    this.#announcer = announcer;
    this.#twin = twin;
  }

  /** @param {Entry} entry */
  show(entry) {
    const list = this.#list;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    const item = this.#items.get(entry) ?? element("li", "");
    this.#items.set(entry, item);
    item.className = entry.who;
    item.toggleAttribute("data-open", !entry.settled && !entry.typed);
    item.replaceChildren(...this.#paragraphs(entry));
    if (!entry.text) return item.remove();
    if (!item.parentNode) list.append(item);
    if (atEnd || entry.who === "fan") list.scrollTop = list.scrollHeight;
    if (!entry.typed) this.#announce(entry);
  }

  /** Marks the word that sounds now. @param {Entry | undefined} entry @param {number} ms */
  mark(entry, ms) {
    const word = entry && wordAt(entry.words, ms);
    if (!globalThis.Highlight) return;
    CSS.highlights.delete(SPOKEN);
    let offset = 0;
    for (const { firstChild: node } of (word && this.#items.get(entry)?.querySelectorAll("p")) ?? []) {
      const length = node?.nodeValue?.length ?? 0;
      if (node && word && word.start >= offset && word.end <= offset + length) {
        const range = new Range();
        range.setStart(node, word.start - offset);
        range.setEnd(node, word.end - offset);
        CSS.highlights.set(SPOKEN, new Highlight(range));
      }
      offset += length;
    }
  }

  /** Says a line to screen readers only. @param {string} text */
  say(text) {
    this.#announcer.append(element("p", text));
    if (this.#announcer.childElementCount > 3) this.#announcer.firstElementChild?.remove();
  }

  /** @param {Entry} entry */
  #announce(entry) {
    const to = finished(entry.text, entry.settled);
    const text = entry.text.slice(this.#announced.get(entry), to).trim();
    if (!text || (entry.who === "fan" && !entry.settled)) return;
    this.#announced.set(entry, to);
    this.say(entry.who === "fan" ? `${this.#twin.texts.you}: ${text}` : text);
  }

  /** @param {Entry} entry */
  #paragraphs({ text, passages }) {
    if (!passages.length) return [element("p", text)];
    return passages.flatMap(({ start, end, label, source }) => {
      const words = element("p", text.slice(start, end));
      const name = this.#twin.texts[label];
      if (!name) return [words];
      const note = element("small", [name, source?.document, source?.place].filter(Boolean).join(" · "));
      note.className = label;
      return [words, note];
    });
  }
}

/** @param {string} tag @param {string} text */
function element(tag, text) {
  const fresh = document.createElement(tag);
  fresh.textContent = text;
  return fresh;
}
