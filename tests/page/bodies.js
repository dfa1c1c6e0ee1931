// Runs functions of the page's modules for tests in Python: a line {module, body, values} in, a line
// {value} or {error} out. For what needs Python beside it: hypothesis, the backend's classes.

import { createInterface } from "node:readline";

const JS = new URL("../../frontend/static/js/", import.meta.url);
const AsyncFunction = (async () => {}).constructor;

/** A module of the page by its name, "model/text". */
const load = (name) => import(new URL(`${name}.js`, JS).href);

for await (const line of createInterface({ input: process.stdin })) {
  const { module, body, values } = JSON.parse(line);
  let answer;
  try {
    const run = new AsyncFunction("m", "v", "load", body);
    answer = { value: (await run(await load(module), values, load)) ?? null };
  } catch (error) {
    answer = { error: error.stack };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
