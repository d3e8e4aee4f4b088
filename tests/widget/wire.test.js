import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff, Wire } from "../../widget/wire.js";
import { answer, FakeListener, FakeSite, FakeWorld, granted, settle } from "./fakes.js";

async function connected({ site = new FakeSite(), grant = undefined } = {}) {
  const [listener, world] = [new FakeListener(), new FakeWorld()];
  const wire = new Wire(site, listener, grant, world);
  await settle();
  return { wire, site, listener, world };
}

async function talking(options) {
  const all = await connected(options);
  welcome(all.world.last);
  return all;
}

function welcome(socket, resume = "resume-1") {
  socket.open();
  socket.receive("bot-ready", { version: "1", session: "s", resume, language: "es" });
}

test("a session is asked for, and its token opens the socket", async () => {
  const { site, world, listener } = await connected();
  assert.deepEqual(site.requests[0], {
    url: "https://twin.example/v1/sessions",
    body: { deployment: "demo", language: "es", resume: null },
  });
  assert.equal(world.last.url, "https://twin.example/v1/talk?token=tok");
  assert.equal(listener.status, "connecting");
});

test("a fresh grant saves the request, a stale one does not", async () => {
  const fresh = await connected({ grant: { ...granted(), until: Date.now() + 1e6 } });
  assert.equal(fresh.site.requests.length, 0);
  const stale = await connected({ grant: { ...granted(), until: 0 } });
  assert.equal(stale.site.requests.length, 1);
});

test("nothing but client-ready is sent before bot-ready", async () => {
  const { wire, world, listener } = await connected();
  world.last.open();
  wire.tell("mic", { on: true });
  wire.audio(new ArrayBuffer(640));
  assert.deepEqual(world.last.sent.map((f) => f.type), ["client-ready"]);
  assert.equal(world.last.sent[0].data.version, "1");
  assert.equal(world.last.sent[0].label, "rtvi-ai");
  world.last.receive("bot-ready", { resume: "r" });
  wire.audio(new ArrayBuffer(640));
  assert.equal(world.last.sent.at(-1).byteLength, 640);
  assert.equal(listener.status, "open");
});

test("what was said before bot-ready is told after it, but for interims that went stale", async () => {
  const { wire, world } = await connected();
  wire.heard({ text: "who", final: false });
  wire.heard({ text: "who are you", final: true });
  wire.heard({ text: "and", final: false });
  welcome(world.last);
  wire.heard({ text: "and where", final: true });
  const told = world.last.sent.filter((f) => f.data.t === "transcript").map((f) => f.data.d);
  assert.deepEqual(told, [
    { text: "who are you", final: true },
    { text: "and", final: false },
    { text: "and where", final: true },
  ]);
});

test("a voice turned off while the socket opens is off", async () => {
  const { world, listener } = await connected();
  listener.voice = false;
  welcome(world.last);
  assert.deepEqual(world.last.sent[1].data, { t: "voice", d: { on: false } });
});

test("text frames and audio reach the listener", async () => {
  const { world, listener } = await talking();
  world.last.receive("bot-llm-text", { turn: "1", text: "hola" });
  world.last.onmessage({ data: new ArrayBuffer(960) });
  assert.equal(listener.frames.at(-1).data.text, "hola");
  assert.equal(listener.audio[0].byteLength, 960);
});

test("a message typed before the session is up is sent when it is", async () => {
  const { wire, world } = await connected();
  wire.say("hola");
  welcome(world.last);
  assert.equal(world.last.of("send-text")[0].data.content, "hola");
});

test("a lost connection comes back with the resume token and the same message id", async () => {
  const { wire, world, site, listener } = await talking();
  wire.say("hola");
  const first = world.last.of("send-text")[0];
  world.last.drop();
  assert.equal(listener.status, "reconnecting");
  await world.elapse();
  assert.equal(site.requests.at(-1).body.resume, "resume-1");
  welcome(world.last);
  assert.deepEqual(world.last.of("send-text"), [first]);
});

test("a message whose reply began is not sent again", async () => {
  const { wire, world } = await talking();
  wire.say("one");
  const { id } = world.last.of("send-text")[0];
  wire.say("two");
  world.last.receive("bot-llm-started", { turn: "1" }, id);
  world.last.drop();
  await world.elapse();
  welcome(world.last);
  assert.deepEqual(world.last.of("send-text").map((f) => f.data.content), ["two"]);
});

test("a message that the server refused is not sent again", async () => {
  const { wire, world } = await talking();
  wire.say("x".repeat(5000));
  const { id } = world.last.of("send-text")[0];
  world.last.receive("error", { code: "bad_text", message: "too long", fatal: false }, id);
  world.last.drop();
  await world.elapse();
  welcome(world.last);
  assert.deepEqual(world.last.of("send-text"), []);
});

test("a message that came too soon is sent again after a second, and nobody need know", async () => {
  const { wire, world, listener } = await talking();
  wire.say("hola");
  const [first] = world.last.of("send-text");
  world.last.receive("error", { code: "too_many", message: "later", fatal: false }, first.id);
  assert.ok(!listener.frames.some((frame) => frame.type === "error"));
  assert.equal(world.timers[0].ms, 1000);
  await world.elapse();
  assert.deepEqual(world.last.of("send-text"), [first, first]);
});

test("a reply to a later message does not lose one that came too soon", async () => {
  const { wire, world } = await talking();
  wire.say("one");
  world.last.receive("error", { code: "too_many", message: "later", fatal: false }, world.last.of("send-text")[0].id);
  wire.say("two");
  world.last.receive("bot-llm-started", { turn: "1" }, world.last.of("send-text")[1].id);
  await world.elapse();
  assert.deepEqual(world.last.of("send-text").map((f) => f.data.content), ["one", "two", "one"]);
});

test("a reconnect with more messages than a second holds loses none", async () => {
  const { wire, world } = await connected();
  const typed = Array.from({ length: 50 }, (_, i) => `message ${i}`);
  for (const text of typed) wire.say(text);
  const taken = [];
  let seen = 0;
  const second = () => {
    const fresh = world.last.of("send-text").slice(seen);
    seen += fresh.length;
    for (const { id, data } of fresh.slice(0, 20)) {
      taken.push(data.content);
      world.last.receive("bot-llm-started", { turn: id }, id);
    }
    for (const { id } of fresh.slice(20)) world.last.receive("error", { code: "too_many", message: "later" }, id);
  };
  welcome(world.last);
  second();
  world.last.drop();
  while (world.timers.length) await world.elapse();
  welcome(world.last);
  for (seen = 0; taken.length < typed.length; ) {
    second();
    while (world.timers.length) await world.elapse();
  }
  assert.deepEqual(taken.toSorted(), typed.toSorted());
});

test("a message that kills every session is tried ever more slowly", async () => {
  const { wire, world } = await talking();
  wire.say("poison");
  const waits = [];
  for (let i = 0; i < 5; i++) {
    world.last.drop();
    waits.push(world.timers[0].ms);
    await world.elapse();
    welcome(world.last);
  }
  assert.ok(waits[4] >= 4000, `${waits}`);
});

test("the back-off doubles to a limit and is half jitter", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 9].map((n) => backoff(n, 1)), [500, 1000, 2000, 4000, 8000, 8000]);
  assert.equal(backoff(2, 0), 1000);
});

test("a server that cannot be reached is tried again", async () => {
  const refuse = () => {
    throw new TypeError("network");
  };
  const { world, listener } = await connected({ site: new FakeSite(refuse, () => answer(200, granted())) });
  assert.equal(listener.status, "reconnecting");
  await world.elapse();
  assert.equal(world.sockets.length, 1);
});

test("a full server is asked again after the time that it named", async () => {
  const busy = () => answer(503, { error: { code: "busy", message: "full" } }, { "Retry-After": "7" });
  const { world, listener } = await connected({ site: new FakeSite(busy, () => answer(200, granted())) });
  assert.deepEqual(listener.statuses.at(-1), ["busy", { wait: 7000 }]);
  assert.equal(world.timers[0].ms, 7000);
  await world.elapse();
  welcome(world.last);
  assert.equal(listener.status, "open");
});

test("a socket closed as full counts as busy", async () => {
  const { world, listener } = await connected();
  world.last.open();
  world.last.drop(4503);
  assert.equal(listener.status, "busy");
});

test("an unknown deployment is final", async () => {
  const { world, listener } = await connected({
    site: new FakeSite(() => answer(404, { error: { code: "unknown_deployment", message: "no such twin" } })),
  });
  assert.equal(listener.status, "refused");
  assert.equal(listener.statuses.at(-1)[1].code, "unknown_deployment");
  assert.equal(world.timers.length, 0);
});

test("a resume token that is refused gives way to a new session", async () => {
  const site = new FakeSite(
    () => answer(200, granted()),
    () => answer(401, { error: { code: "token_refused", message: "expired" } }),
    () => answer(200, granted()),
  );
  const { world } = await talking({ site });
  world.last.drop();
  await world.elapse();
  assert.deepEqual(site.requests.map((r) => r.body.resume), [null, "resume-1", null]);
  assert.equal(world.sockets.length, 2);
});

test("closing says goodbye and does not come back", async () => {
  const { wire, world } = await talking();
  wire.close();
  assert.equal(world.last.sent.at(-1).type, "disconnect-bot");
  assert.equal(world.last.closed, 1000);
  world.last.drop(1000);
  assert.equal(world.timers.length, 0);
});

for (const [code, what] of [[4409, "that went on elsewhere"], [4410, "that the house has ended"]]) {
  test(`a session ${what} is not taken back`, async () => {
    const { world, listener } = await talking();
    world.last.drop(code);
    await settle();
    assert.equal(listener.status, "refused");
    assert.equal(world.sockets.length, 1);
    assert.equal(world.timers.length, 0);
  });
}
