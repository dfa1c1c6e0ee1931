// Whether anybody answers. Connections that were kept from before may all be dead, and nobody says so:
// while nothing comes it is asked again, over another connection then, and what comes first counts.

/**
 * Resolve with the first answer; fail with the first failure, or when nothing has come though it was
 * asked so many `times`. Of those that wait only the last `atOnce` go on, the signals of others say that
 * they are given up: a browser has but six connections.
 * @template Answer
 * @param {(signal: AbortSignal) => Promise<Answer>} ask
 * @param {{everyMs: number, times: number, atOnce: number}} limits
 * @returns {Promise<Answer>}
 */
export function firstAnswer(ask, { everyMs, times, atOnce }) {
  /** @type {AbortController[]} */
  const asked = [];
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  return new Promise((resolve, reject) => {
    const again = () => {
      if (asked.length === times) return reject(new Error("silence"));
      asked.at(-atOnce)?.abort();
      const one = new AbortController();
      asked.push(one);
      ask(one.signal).then(resolve, (error) => one.signal.aborted || reject(error));
    };
    timer = setInterval(again, everyMs);
    again();
  }).finally(() => {
    clearInterval(timer);
    for (const each of asked) each.abort();
  });
}
