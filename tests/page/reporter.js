// What a run of Node's tests told, for a program: a line of JSON for each test and suite that ended.

// biome-ignore lint/style/noDefaultExport: so Node takes a reporter
export default async function* told(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { file, name, details, skip, todo } = data;
    const passed = type === "test:pass" && skip === undefined && todo === undefined;
    yield `${JSON.stringify({ file, name, passed, isTest: details.type !== "suite" })}\n`;
  }
}
