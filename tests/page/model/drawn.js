// What the model of the diagram draws for events, as plain values; and how such stories begin.

import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { stateAt } from "../../../frontend/static/js/model/transfer-state.js";
import { A, SERVER, Story } from "../events.js";

/** A model that has taken these batches, and then let time go on. */
export function modelOf(batches, { advance } = {}) {
  const model = new DiagramModel();
  for (const batch of batches) model.append(batch);
  if (advance) model.advance(advance);
  return model;
}

/** What a model draws after these events, perhaps at an earlier time. */
export const picture = (events, values) => pictureInBatches([events], values);

export function pictureInBatches(batches, { advance, until } = {}) {
  const model = modelOf(batches, { advance });
  const now = until ?? model.now;
  const items = model.items.filter((item) => !item.gone && item.t <= now).sort((a, b) => a.t - b.t);
  const of = (kind) => items.filter((item) => item.kind === kind);
  return {
    parties: model.parties.all.map((party) => party.id).sort(),
    transfers: of("transfer").map((item) => transferAt(item, now)),
    bars: of("bar").map(({ call, t, end, lane, tid, error }) => ({
      call,
      t,
      end: end > now ? null : end,
      lane,
      tid,
      error,
    })),
    marks: of("mark")
      .filter(({ what }) => what !== "born")
      .map(({ what, error }) => error ?? what),
    breaks: of("break").map(({ count }) => count),
  };
}

function transferAt(item, now) {
  const { state, arrivals, lostWhy } = stateAt(item, now);
  return {
    what: item.what,
    from: item.from?.party?.id ?? null,
    to: item.to?.party?.id ?? null,
    bytes: item.bytes,
    data: atob(item.data),
    sent: item.sentT,
    state,
    why: lostWhy,
    a: item.a ?? null,
    arrivals: arrivals.map(({ t, from, to }) => [t, from ?? null, to ?? null]),
    reads: arrivals.map(({ event }) => `${event.run}/${event.n ?? event.seq}`),
    seqs: item.events.map(({ seq }) => seq),
    sites: item.events.filter(({ file }) => file).map(({ file, line }) => `${file}:${line}`),
  };
}

/** Who sends what to whom, and whether it arrives: of all transfers, or of one kind. */
export const arrows = ({ transfers }, kind) =>
  transfers
    .filter(({ what }) => kind === undefined || what === kind)
    .map(({ from, to, data, state }) => [from, to, data, state]);

export const segments = ({ transfers }) => transfers.filter(({ what }) => what === "segment");

export function udpServer() {
  const story = new Story();
  story.run("s");
  story.call("s", "socket", 0.1);
  story.call("s", "bind", 0.2, { local: SERVER, address: SERVER });
  return story;
}

/** A UDP server and a browser's client at A. */
export function udpPair() {
  const story = udpServer();
  story.client("c1", "opened", 0.3, { transport: "udp", local: A, peer: SERVER });
  return story;
}

/** A TCP server that has accepted a browser's client at A as socket 2. */
export function tcpPair() {
  const story = new Story();
  const ends = { transport: "tcp", local: SERVER, peer: A };
  story.run("s");
  story.call("s", "listen", 0.1, { transport: "tcp", local: SERVER });
  story.client("c1", "opened", 0.2, { transport: "tcp", local: A, peer: SERVER });
  story.call("s", "accept", 0.3, { enter: 0.15, accepted: 2, ...ends });
  return story;
}
