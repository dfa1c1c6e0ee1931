// Datagrams of unix sockets in programs made at random, told in any order: each goes from its sender to
// its receiver, and nothing comes from outside.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Story } from "../events.js";
import { pictureInBatches } from "./drawn.js";

const RUNS = ["s", "c", "d"];

/** Numbers from 0 to 1 that are the same for a seed (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Machine {
  story = new Story();
  sockets = [];
  sent = [];
  t = 0.1;

  constructor(random) {
    this.random = random;
    this.pick = (list) => list[Math.floor(random() * list.length)];
    for (const run of RUNS) this.story.run(run);
    for (const run of [...RUNS, ...RUNS]) this.make(run);
    const run = this.pick(RUNS);
    const [a, b] = [this.socket(run), this.socket(run)];
    a.partner = b;
    b.partner = a;
    for (const end of [a, b]) this.call(end, "socketpair");
  }

  socket(run) {
    const number = this.sockets.length + 1;
    this.sockets.push({ run, socket: number, inode: 100 + number, queue: [] });
    return this.sockets.at(-1);
  }

  make(run) {
    const made = this.socket(run);
    this.call(made, "socket");
    if (this.random() > 0.6) return;
    made.local = `/tmp/${made.socket}`;
    this.call(made, "bind", { address: made.local });
  }

  call({ run, socket, inode, local, partner }, name, more = {}) {
    this.t += 0.0001;
    const named = local === undefined ? {} : { local };
    const ends = { socket, inode, ...named, ...(partner && { peer_inode: partner.inode }) };
    const kind = { transport: "unix", kind: "datagram" };
    this.story.call(run, name, this.t, { ...kind, ...ends, enter: this.t - 0.00005, ...more });
  }

  send(from) {
    const isToPartner = from.partner && this.random() < 0.8;
    const named = this.sockets.filter(({ local }) => local !== undefined);
    const to = isToPartner ? from.partner : this.pick(named);
    if (to === undefined) return;
    const payload = `m${this.sent.length}`;
    if (isToPartner) this.call(from, "send", { payload });
    else this.call(from, "sendto", { payload, peer_inode: undefined, peer: to.local });
    this.sent.push({ from, to, payload, gotT: null });
    to.queue.push(this.sent.at(-1));
  }

  take(to) {
    const datagram = to.queue.shift();
    if (datagram === undefined) return;
    const { payload, from } = datagram;
    const isSaid = this.random() < 0.5;
    const sender = from.local === undefined ? {} : { peer: from.local, peer_inode: undefined };
    this.call(to, isSaid ? "recvfrom" : "recv", { payload, ...(isSaid && sender) });
    datagram.gotT = this.t;
  }

  step() {
    this.t += this.random() * (this.random() < 0.1 ? 0.5 : 0.002);
    const socket = this.pick(this.sockets);
    if (this.random() < 0.5) this.send(socket);
    else this.take(socket);
  }
}

/** The events as they were made, or each program's for itself, or in pieces that mix. */
function inBatches({ story, pick, random }, seed) {
  if (seed % 3 === 0) return [story.events];
  const told = RUNS.map((run) => story.events.filter((event) => event.run === run));
  if (seed % 3 === 1) return told;
  const batches = [];
  while (told.some(({ length }) => length > 0)) {
    const of = pick(told.filter(({ length }) => length > 0));
    batches.push(of.splice(0, 1 + Math.floor(random() * 15)));
  }
  return batches;
}

for (let first = 1; first <= 120; first += 30) {
  test(`whatever is sent, and told in whatever order: seeds from ${first}`, () => {
    for (let seed = first; seed < first + 30; seed += 1) {
      const machine = new Machine(randomFrom(seed));
      for (let i = 0; i < 60; i += 1) machine.step();
      const batches = inBatches(machine, seed);
      const drawn = pictureInBatches(batches, { advance: machine.t + 60 });
      const arrows = drawn.transfers.map(({ from, to, data, arrivals }) =>
        JSON.stringify([from, to, data, arrivals[0]?.[0] ?? null]),
      );
      assert.ok(machine.sent.length > 0);
      const expected = machine.sent.map(({ from, to, payload, gotT }) =>
        JSON.stringify([`run:${from.run}`, `run:${to.run}`, payload, gotT]),
      );
      assert.deepEqual(new Set(arrows), new Set(expected), `seed ${seed}`);
      assert.deepEqual(drawn.parties, ["run:c", "run:d", "run:s"], `seed ${seed}`);
    }
  });
}
