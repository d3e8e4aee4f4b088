// The conversation on the page: entries as a list, and finished sentences for screen readers.
/** @import {Entry} from "./types.js" */
import { finished, wordAt } from "./captions.js";

const SPOKEN = "gemelo-word";

export class Log {
  #list;
  #announcer;
  #twin;
  /** @type {Map<Entry, HTMLElement>} */ #items = new Map();
  /** @type {Map<Entry, number>} */ #announced = new Map();

  /** @param {Element} list @param {Element} announcer @param {{texts: Record<string, string>}} twin */
  constructor(list, announcer, twin) {
    this.#list = list;
    this.#announcer = announcer;
    this.#twin = twin;
  }

  /** @param {Entry} entry */
  show(entry) {
    const near = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 80;
    const item = this.#items.get(entry) ?? this.#add(entry);
    if (!entry.text) return this.#remove(entry, item);
    item.toggleAttribute("data-open", !entry.settled);
    if (entry.passages.length) item.replaceChildren(...this.#passages(entry));
    else paragraph(item).textContent = entry.text;
    if (near || entry.who === "fan") this.#list.scrollTop = this.#list.scrollHeight;
    if (!entry.typed) this.#announce(entry);
  }

  /** Marks the word that sounds now. @param {Entry | undefined} entry @param {number} ms */
  mark(entry, ms) {
    globalThis.CSS?.highlights?.delete(SPOKEN);
    const word = entry && wordAt(entry.words, ms);
    if (!word || !globalThis.Highlight) return;
    let offset = 0;
    for (const { firstChild: node } of this.#items.get(entry)?.querySelectorAll("p") ?? []) {
      const length = node?.nodeValue?.length ?? 0;
      if (node && word.start >= offset && word.end <= offset + length) {
        const range = new StaticRange({
          startContainer: node,
          startOffset: word.start - offset,
          endContainer: node,
          endOffset: word.end - offset,
        });
        CSS.highlights.set(SPOKEN, new Highlight(range));
      }
      offset += length;
    }
  }

  /** Says a line to screen readers only. @param {string} text */
  say(text) {
    const line = document.createElement("p");
    line.textContent = text;
    this.#announcer.append(line);
    if (this.#announcer.childElementCount > 3) this.#announcer.firstElementChild?.remove();
  }

  /** @param {Entry} entry */
  #announce(entry) {
    const from = this.#announced.get(entry) ?? 0;
    const to = finished(entry.text, entry.settled);
    const text = entry.text.slice(from, to).trim();
    if (!text || (entry.who === "fan" && !entry.settled)) return;
    this.#announced.set(entry, to);
    this.say(entry.who === "fan" ? `${this.#twin.texts.you}: ${text}` : text);
  }

  /** @param {Entry} entry */
  #add(entry) {
    const item = document.createElement("li");
    item.className = entry.who;
    this.#list.append(item);
    this.#items.set(entry, item);
    return item;
  }

  /** @param {Entry} entry @param {HTMLElement} item */
  #remove(entry, item) {
    item.remove();
    this.#items.delete(entry);
  }

  /** @param {Entry} entry */
  #passages(entry) {
    return entry.passages.flatMap(({ start, end, label, source }) => {
      const text = document.createElement("p");
      text.textContent = entry.text.slice(start, end);
      const name = this.#twin.texts[label];
      if (!name) return [text];
      const note = document.createElement("small");
      note.className = label;
      note.textContent = [name, source?.document, source?.place].filter(Boolean).join(" · ");
      return [text, note];
    });
  }
}

/** @param {HTMLElement} item */
const paragraph = (item) => {
  const only = item.firstElementChild;
  if (only && !only.nextSibling) return only;
  const fresh = document.createElement("p");
  item.replaceChildren(fresh);
  return fresh;
};
