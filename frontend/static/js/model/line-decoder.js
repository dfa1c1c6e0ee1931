// Turns pieces of a TCP stream into lines: a piece may hold many lines or half a character.

/** Collects bytes and gives back whole lines of text, without their ends. */
export class LineDecoder {
  #decoder = new TextDecoder("utf-8"); // keeps the half of a character until the rest comes
  #rest = "";
  #limit;

  /** A line longer than `limit` characters is given back in parts: memory stays bounded. */
  constructor({ limit = 65536 } = {}) {
    this.#limit = limit;
  }

  /** Take a piece; return the lines that it completed. */
  push(/** @type {Uint8Array} */ bytes) {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const lines = this.#rest.split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > this.#limit) {
      lines.push(this.#rest);
      this.#rest = "";
    }
    return lines.map((line) => line.replace(/\r$/, ""));
  }

  /** The stream has ended: return what stands after the last newline, if anything. */
  end() {
    const last = this.#rest + this.#decoder.decode();
    this.#rest = "";
    return last === "" ? [] : [last];
  }
}
