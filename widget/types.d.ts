/** The shapes that the widget's modules share; the wire's own are those of docs/protocol.md. */

export type Status = "connecting" | "open" | "reconnecting" | "busy" | "refused";
export type Activity = Status | "idle" | "ready" | "listening" | "thinking" | "speaking";
export type LabelName = "verbatim" | "paraphrase" | "sponsored" | "house" | "none";

/** The widget's own words in one language, by name; not every state, label or error has one. */
export type Texts = typeof import("./texts.js").es & { [name: string]: string | undefined };

export interface Sentence {
  text: string;
  label: LabelName;
  source: { document: string; place: string } | null;
}

export interface Deployment {
  key: string;
  twin: string;
  talent: string;
  languages: string[];
  /** In each language. */
  badge: Record<string, string>;
  sponsor: { brand: string; line: Record<string, string> } | null;
  ears: Record<string, boolean>;
  theme: Record<string, string> | null;
  /** Whether a fan may be asked to be remembered here. */
  memory: boolean;
}

export interface Grant {
  token: string;
  url: string;
  expires_in: number;
  /** When the widget stops trusting it (ms since the epoch). */
  until: number;
  /** Of a fan who agreed to be remembered here. */
  fan: string | null;
  deployment: Deployment;
}

/** `data` is whatever the frame's type says; docs/protocol.md is its schema. */
export interface Frame {
  type: string;
  id?: string;
  data?: any;
}

/** Why there is no session; `wait` in ms, 0 where the server did not say. */
export interface Detail {
  code?: string;
  message?: string;
  wait: number;
  /** Asking again is no use. */
  last?: boolean;
}

/** Where a widget stands and what it asks for. */
export interface Site {
  readonly server: string;
  readonly deployment: string;
  readonly language: string;
  readonly fan?: string;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Takes on what the server says of this deployment. */
  adopt(grant: Grant): void;
}

/** What the browser's own recogniser made of the fan's voice. */
export interface Said {
  text: string;
  final: boolean;
}

/** What a wire needs of its surroundings; tests give it fakes. */
export interface World {
  socket(url: string): WebSocket;
  later(run: () => void, ms: number): unknown;
}

/** Who wants to know what comes over the wire. */
export interface Listener {
  /** Whether replies are to be spoken. */
  readonly voice: boolean;
  onstatus(status: Status, detail?: Detail): void;
  onframe(frame: Frame): void;
  onaudio(pcm: ArrayBuffer): void;
}

/** One spoken word: where it stands in the reply's text and in its audio (ms). */
export interface Word {
  start: number;
  end: number;
  from: number;
  to: number;
}

/** A run of sentences that come from one place. */
export interface Passage {
  start: number;
  end: number;
  label: LabelName;
  source: Sentence["source"];
}

export interface Entry {
  who: "fan" | "twin";
  /** The turn of a reply; empty for the fan's own words. */
  turn: string;
  text: string;
  /** Nothing more will be added. */
  settled: boolean;
  typed: boolean;
  words: Word[];
  passages: Passage[];
}

export interface Playhead {
  turn: string;
  /** How much of the turn's audio has been heard. */
  ms: number;
  playing: boolean;
}

export type Viseme = [ms: number, shape: string];

export interface MicHandlers {
  onaudio(pcm: ArrayBuffer): void;
  ontext(text: string, final: boolean): void;
  onerror(code: string): void;
}
