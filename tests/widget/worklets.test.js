import assert from "node:assert/strict";
import { test } from "node:test";

const registered = {};
globalThis.AudioWorkletProcessor = class {};
globalThis.registerProcessor = (name, processor) => (registered[name] = processor);
const { PlayQueue, Resampler } = await import("../../widget/worklets.js");

const BLOCK = 128;
const loud = (n) => new Int16Array(n).fill(16384);

function pull(queue, blocks = 1) {
  const out = [];
  let sounding = 0;
  for (let i = 0; i < blocks; i++) {
    const block = new Float32Array(BLOCK);
    sounding = queue.pull(block);
    out.push(...block);
  }
  return { out, sounding };
}

test("both processors are registered under the names that the widget asks for", () => {
  assert.deepEqual(Object.keys(registered), ["gemelo-playback", "gemelo-capture"]);
});

test("the queue plays its pieces without a gap and counts what it played", () => {
  const queue = new PlayQueue();
  queue.push("1", loud(100));
  queue.push("1", loud(100));
  const { out } = pull(queue);
  assert.ok(out.every((v) => v === 0.5));
  assert.equal(queue.played, BLOCK);
});

test("an empty queue sounds nothing and says so", () => {
  const queue = new PlayQueue();
  queue.push("1", loud(28));
  const { out, sounding } = pull(queue);
  assert.equal(sounding, 28);
  assert.ok(out.slice(28).every((v) => v === 0));
});

test("a pause is silent within 5 ms, and going on loses nothing but the fade", () => {
  const queue = new PlayQueue();
  queue.push("1", loud(1000));
  pull(queue);
  queue.paused = true;
  const fading = pull(queue, 3);
  assert.ok(fading.out.slice(120).every((v) => v === 0));
  const held = queue.played;
  pull(queue, 10);
  assert.equal(queue.played, held);
  queue.paused = false;
  pull(queue, 10);
  assert.equal(queue.played, 1000);
});

test("a flush fades within 5 ms without a jump and forgets the rest", () => {
  const queue = new PlayQueue();
  queue.push("1", loud(24000));
  pull(queue);
  queue.flush();
  const { out } = pull(queue, 3);
  const jumps = out.slice(1).map((v, i) => Math.abs(v - out[i]));
  assert.ok(Math.max(...jumps) < 0.02);
  assert.ok(out.slice(121).every((v) => v === 0));
});

test("what is pushed after a flush is played in full", () => {
  const queue = new PlayQueue();
  queue.push("1", loud(24000));
  pull(queue);
  queue.paused = true;
  pull(queue, 2);
  queue.flush();
  queue.push("2", loud(256));
  const { out } = pull(queue, 2);
  assert.ok(out.every((v) => v === 0.5));
  assert.deepEqual([queue.turn, queue.played], ["2", 256]);
});

test("48 kHz comes down to 16 kHz with a voice kept and a whistle above 8 kHz gone", () => {
  const level = (rate, hz) => {
    const resampler = new Resampler(rate);
    const out = [];
    for (let at = 0; at < rate / 2; at += BLOCK) {
      out.push(...resampler.push(Float32Array.from({ length: BLOCK }, (_, i) => Math.sin((2 * Math.PI * hz * (at + i)) / rate))));
    }
    assert.ok(Math.abs(out.length - 8000) < 40, `${out.length}`);
    const steady = out.slice(200, -200);
    return Math.sqrt(steady.reduce((sum, v) => sum + v * v, 0) / steady.length) * Math.SQRT2;
  };
  for (const rate of [44100, 48000]) {
    assert.ok(Math.abs(level(rate, 1000) - 1) < 0.02);
    assert.ok(level(rate, 11000) < 0.02);
  }
});

test("the blocks' edges leave no trace in what was resampled", () => {
  const whole = new Resampler(48000);
  const parts = new Resampler(48000);
  const input = Float32Array.from({ length: 1280 }, (_, i) => Math.sin(i / 7));
  const cut = [];
  for (let i = 0; i < input.length; i += BLOCK) cut.push(...parts.push(input.slice(i, i + BLOCK)));
  const once = [...whole.push(input)];
  assert.equal(cut.length, once.length);
  cut.forEach((v, i) => assert.ok(Math.abs(v - once[i]) < 1e-6));
});

test("16 kHz passes as it is", () => {
  const block = Float32Array.of(0.1, 0.2);
  assert.equal(new Resampler(16000).push(block), block);
});
