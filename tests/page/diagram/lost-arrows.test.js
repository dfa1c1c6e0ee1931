// Where an arrow ends that does not arrive.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagramLayout } from "../../../frontend/static/js/diagram/diagram-layout.js";
import { shapesOf } from "../../../frontend/static/js/diagram/diagram-shapes.js";
import { PartyColours } from "../../../frontend/static/js/diagram/party-colours.js";
import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { SERVER, Story } from "../events.js";

const client = (k) => ({ transport: "udp", local: `127.0.0.1:4000${k}`, peer: SERVER });

test("what is lost on its way to somebody folded away ends at nobody's lifeline", () => {
  const story = new Story();
  story.run("s");
  story.call("s", "bind", 0.1, { local: SERVER });
  for (const k of [1, 2, 3]) story.client(`c${k}`, "opened", k / 10 + 0.2, client(k));
  story.tell("run.exited", 1, { run: "s", exit_status: 0 });
  story.run("s2", "server", 2);
  story.client("c2", "sent", 3, { payload: "hello", ...client(2) });
  story.client("c2", "failed", 3.1, { code: "refused", message: "", ...client(2) });
  const model = new DiagramModel();
  model.append(story.events);
  const lost = model.items.find(({ kind }) => kind === "transfer");
  for (let width = 300; width < 1600; width += 10) {
    const layout = new DiagramLayout(model);
    layout.resize(width);
    layout.update();
    const view = { layout, now: 9, mode: "text", names: new Map(), colours: new PartyColours() };
    const [, , [, { class: kind, d }]] = shapesOf(lost, view);
    assert.equal(kind, "cross");
    const x = Number(/^M(-?[\d.]+)/.exec(d)[1]) + 5; // the cross begins at its corner
    const near = layout.xs.filter((each) => Math.abs(each - x) < 20);
    assert.deepEqual(near, [], `${x} in ${width}: ${layout.xs}`);
  }
});
