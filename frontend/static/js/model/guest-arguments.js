// What guests may give a program on its command line: the table [arguments] of lab.toml. The server
// holds it (backend/domain/arguments.py); the page says it before. Pure.

/**
 * @typedef {{kind: "number", min: number, max: number} | {kind: "flag"}
 *   | {kind: "text", limit?: number}} Argument
 */
/** By name. @typedef {Readonly<Record<string, Argument>>} Allowed */

const TEXT_LIMIT = 200;

/**
 * The first argument that a guest may not give; null: all of them may be given.
 * @param {readonly string[]} args
 * @param {Allowed} allowed
 * @returns {string | null}
 */
export function notAllowed(args, allowed) {
  const texts = Object.values(allowed).filter(({ kind }) => kind === "text");
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (!arg.startsWith("-")) {
      const text = texts.shift();
      if (text?.kind !== "text" || arg.length > (text.limit ?? TEXT_LIMIT)) return arg;
      continue;
    }
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const option = Object.hasOwn(allowed, name) ? allowed[name] : null;
    if (option?.kind === "number") {
      if (value === undefined) i += 1;
      if (!isWithin(value ?? args[i] ?? "", option)) return arg;
    } else if (option?.kind !== "flag" || value !== undefined) return arg;
  }
  return null;
}

function isWithin(
  /** @type {string} */ text,
  /** @type {{min: number, max: number}} */ { min, max },
) {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  return number >= min && number <= max;
}
