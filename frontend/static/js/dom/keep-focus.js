// For whoever works with keys: when what has the focus is hidden, disabled or taken away, the focus goes to
// what stands nearest, before it if there is something. Else it would fall to the page, and be nowhere
// to be seen. A press of a pointer leaves it as the browser does.

const STOPS = "a[href], button, input, select, textarea, summary, [tabindex]";

let byKeys = true; // whether the last thing that a person did was to press a key
/** @type {Element | null} what had the focus last */
let last = null;
/** @type {Element[]} what stands around it, the nearest first */
let around = [];

/** Do so from now on. */
export function keepFocus() {
  remember(document.activeElement);
  document.addEventListener("keydown", () => hear(true), { capture: true });
  document.addEventListener("pointerdown", () => hear(false), { capture: true });
  document.addEventListener("focusin", ({ target }) => remember(/** @type {Element} */ (target)));
  document.addEventListener("focusout", ({ relatedTarget }) => relatedTarget ?? lookSoon());
  document.addEventListener("click", lookSoon);
}

function remember(/** @type {Element | null} */ element) {
  last = element === document.body ? null : element; // nothing had it, then
  around = [];
  for (let each = element?.parentElement; each; each = each.parentElement) around.push(each);
}

// Not every browser tells that something has lost the focus by itself (Firefox 153 does not): the next key
// finds out at the latest.
function hear(/** @type {boolean} */ isKey) {
  byKeys = isKey;
  if (isKey) look();
}

// Once the page has drawn what has changed.
function lookSoon() {
  requestAnimationFrame(() => requestAnimationFrame(look));
}

function look() {
  const at = document.activeElement;
  const isNowhere = at === null || at === document.body || (at === last && !isThere(at));
  if (!byKeys || !isNowhere || last === null || isThere(last)) return;
  for (const place of around) {
    const next = nearest(place, last);
    if (next) {
      next.focus();
      return;
    }
  }
}

function nearest(/** @type {Element} */ place, /** @type {Element} */ gone) {
  if (!place.isConnected) return null;
  const stops = [...place.querySelectorAll(STOPS)].filter(isStop);
  const isBefore = (/** @type {Element} */ stop) =>
    stop.compareDocumentPosition(gone) & Node.DOCUMENT_POSITION_FOLLOWING;
  const before = gone.isConnected ? stops.findLast(isBefore) : undefined;
  return /** @type {HTMLElement | undefined} */ (before ?? stops[0]);
}

/** Whether an element can have the focus, by Tab. */
const isStop = (/** @type {Element} */ element) =>
  element instanceof HTMLElement && element.tabIndex >= 0 && isThere(element);

/** Whether an element has not been hidden, disabled or taken away. */
function isThere(/** @type {Element} */ element) {
  return (
    element.isConnected &&
    !element.matches(":disabled, [inert] *") &&
    element.checkVisibility({ visibilityProperty: true })
  );
}
