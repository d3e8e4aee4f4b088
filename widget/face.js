/** @import {Playhead, Viseme} from "./types.js" */

const REST = [18, 0, 0];
/** Half width, opening and height of the teeth of each mouth, in the drawing's units. @type {Record<string, number[]>} */
export const MOUTHS = {
  rest: REST,
  aa: [17, 22, 4],
  ee: [21, 10, 6],
  ih: [18, 11, 6],
  oh: [13, 19, 0],
  ou: [9, 12, 0],
  mbp: [15, 0, 0],
  fv: [15, 6, 6],
  l: [16, 13, 5],
  sz: [18, 8, 8],
  ch: [13, 12, 6],
  kg: [16, 13, 4],
  th: [17, 9, 5],
  r: [13, 10, 3],
};

/** Lips are seen to move just before they are heard. */
const LEAD_MS = 40;

/** The shape at a time. @param {Viseme[]} track in order of time @param {number} ms */
export const shapeAt = (track, ms) => track.findLast(([at]) => at <= ms)?.[1] ?? "rest";

/** Outline of a mouth; a shut one smiles. @param {number} half @param {number} open */
export function outline(half, open) {
  const smile = 132 + Math.max(0, 8 - open / 2);
  const [top, low, x] = [smile - open * 0.3, smile + open + 1, half * 0.6];
  return `M${100 - half} 132C${100 - x} ${top} ${100 + x} ${top} ${100 + half} 132C${100 + x} ${low} ${100 - x} ${low} ${100 - half} 132Z`;
}

export class Face {
  #lips;
  #teeth;
  #mouth = REST;
  #turn = "";
  /** @type {Viseme[]} */ #track = [];
  #still = matchMedia("(prefers-reduced-motion: reduce)");
  #moving = false;

  /** @param {Element} drawing */
  constructor(drawing) {
    this.#lips = drawing.querySelectorAll(".outline");
    this.#teeth = drawing.querySelector(".teeth");
  }

  /** Adds mouth shapes to a turn, the latest one that will sound. @param {string} turn @param {Viseme[]} items */
  learn(turn, items) {
    this.#track = turn === this.#turn ? [...this.#track, ...items] : items;
    this.#turn = turn;
  }

  /** Follows the playhead until the mouth has come to rest. @param {() => Playhead} playhead */
  follow(playhead) {
    if (this.#moving) return;
    this.#moving = true;
    const frame = () => {
      const { turn, ms, playing } = playhead();
      const moves = playing && turn === this.#turn && !this.#still.matches;
      const shape = moves ? shapeAt(this.#track, ms + LEAD_MS) : "rest";
      const goal = MOUTHS[shape] ?? REST;
      this.#mouth = this.#mouth.map((now, i) => now + ((goal[i] ?? 0) - now) * 0.4);
      const [half = 0, open = 0, teeth = 0] = this.#mouth;
      for (const path of this.#lips) path.setAttribute("d", outline(half, open));
      this.#teeth?.setAttribute("height", String(14 + teeth - open * 0.3));
      this.#moving = playing || Math.abs(open - (goal[1] ?? 0)) > 0.2;
      if (this.#moving) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }
}
