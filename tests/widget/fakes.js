// A server's two faces, scripted, and a clock that only moves when told.

export class FakeSocket {
  readyState = 1;
  sent = [];
  closed = null;

  constructor(url) {
    this.url = url;
  }

  send(data) {
    this.sent.push(typeof data === "string" ? JSON.parse(data) : data);
  }

  close(code) {
    this.closed = code;
    this.readyState = 3;
  }

  open() {
    this.onopen();
  }

  receive(type, data = {}, id = undefined) {
    this.onmessage({ data: JSON.stringify({ label: "rtvi-ai", type, id, data }) });
  }

  drop(code = 1006) {
    this.readyState = 3;
    this.onclose({ code });
  }

  of(type) {
    return this.sent.filter((frame) => frame.type === type);
  }
}

export const DEPLOYMENT = { key: "demo", languages: ["es", "en"], badge: { es: "Gemelo de IA de Vera", en: "AI twin of Vera" }, sponsor: null, ears: {} };

export const granted = (more = {}) => ({ token: "tok", url: "/v1/talk", expires_in: 60, deployment: DEPLOYMENT, ...more });

export function answer(status, body, headers = {}) {
  return new Response(JSON.stringify(body), { status, headers });
}

/** Answers each request with the next of `answers`; the last one stays. */
export class FakeSite {
  server = "https://twin.example";
  deployment = "demo";
  language = "es";
  requests = [];
  adopted = [];

  constructor(...answers) {
    this.answers = answers.length ? answers : [() => answer(200, granted())];
  }

  async fetch(url, init) {
    this.requests.push({ url, body: JSON.parse(init.body) });
    const next = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    return next();
  }

  adopt(grant) {
    this.adopted.push(grant);
  }
}

export class FakeListener {
  voice = true;
  statuses = [];
  frames = [];
  audio = [];

  onstatus(status, detail = {}) {
    this.statuses.push([status, detail]);
  }

  onframe(frame) {
    this.frames.push(frame);
  }

  onaudio(pcm) {
    this.audio.push(pcm);
  }

  get status() {
    return this.statuses.at(-1)[0];
  }
}

export class FakeWorld {
  sockets = [];
  timers = [];

  socket = (url) => {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket;
  };

  later = (run, ms) => {
    this.timers.push({ run, ms });
  };

  get last() {
    return this.sockets.at(-1);
  }

  /** Lets the next timer run out. */
  async elapse() {
    this.timers.shift().run();
    await settle();
  }
}

/** Lets every promise that can settle do so. */
export const settle = () => new Promise((done) => setImmediate(done));
