// What a page does not need at once, but soon: it is loaded when first asked for, or a second after
// the page, so that it is there also when the playground is not.

const SOON_MS = 1000; // after the page has loaded

/**
 * Return a function that loads something once, and again if it failed.
 * @template Loaded
 * @param {() => Promise<Loaded>} load
 * @returns {() => Promise<Loaded>}
 */
export function soon(load) {
  /** @type {Promise<Loaded> | null} */
  let loading = null;
  const loadOnce = () => {
    if (loading === null) {
      loading = load();
      loading.catch(() => {
        loading = null; // perhaps the next time
      });
    }
    return loading;
  };
  globalThis.addEventListener?.("load", () => setTimeout(loadOnce, SOON_MS));
  return loadOnce;
}
