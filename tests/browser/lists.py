"""A list of events by itself in an empty page, with a history of its own."""

# What stands around a list of its own.
ALONE = """
  const [{ History }, { labView }, { LIVE }] = await Promise.all(
    ["history", "lab-view", "moment"].map((name) => import(`/js/model/${name}.js`)),
  );
  await import("/js/elements/event-list.js");
  const box = document.body.appendChild(document.createElement("div"));
  box.style.cssText = "display: flex; height: 600px; width: 640px";
  const list = box.appendChild(document.createElement("event-list"));
  const frames = () =>
    new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const lab = { id: "udp/x", programs: ["server"], server: null, transport: "udp", client: {} };
  const history = new History();
  const begin = (seq, program) => {
    const run = { run: `r${seq}`, lab: "", program, pid: 1, args: [] };
    history.append([{ seq, t: seq, type: "run.started", ...run }]);
  };
  const tell = () => {
    const known = { history, count: history.count, moment: LIVE, lab };
    list.update({ ...labView(history.present, lab), ...known, clockOffsetS: 0, hint: null });
  };
"""
