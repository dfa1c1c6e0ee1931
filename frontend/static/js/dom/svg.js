// Puts shapes into the page: [element, attributes, text] as SVG, touching only what differs.

/** @typedef {Record<string, string | number>} Attributes */

/** @typedef {[keyof SVGElementTagNameMap, Attributes, string?]} Shape */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an SVG element.
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} [attributes]
 * @param {string | null} [text]
 */
export function svg(name, attributes = {}, text = null) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== null) element.textContent = text;
  return element;
}

/** Make an icon of the page: one path in a square of 24. */
export function icon(/** @type {string} */ path, className = "icon") {
  const element = svg("svg", { class: className, viewBox: "0 0 24 24", "aria-hidden": "true" });
  element.append(svg("path", { d: path }));
  return element;
}

// Words stand in a group, which is moved in their place: a text with other coordinates is laid out anew.
function made(/** @type {Shape} */ [name, attributes, text]) {
  if (name !== "text") return svg(name, attributes, text);
  const { x = 0, y = 0, ...looks } = attributes;
  const place = svg("g", { transform: translation(x, y) });
  place.append(svg(name, looks, text));
  return place;
}

const translation = (/** @type {string | number} */ x, /** @type {string | number} */ y) =>
  `translate(${x} ${y})`;

/** @type {WeakMap<Element, readonly Shape[]>} group → the shapes that it has */
const drawn = new WeakMap();

/**
 * Make the children of a group equal to shapes. Nobody else changes them: what they are is known
 * without asking the page, which is what makes a thousand groups a frame cheap.
 * @param {Element} group
 * @param {readonly Shape[]} shapes
 */
export function patch(group, shapes) {
  const before = drawn.get(group) ?? [];
  drawn.set(group, shapes);
  for (const [i, shape] of shapes.entries()) {
    const known = before[i];
    if (known?.[0] === shape[0]) {
      if (shape[0] === "text") patchWords(group, i, known, shape);
      else patchNode(group.children[i], known[1], shape[1]);
    } else if (known) group.children[i].replaceWith(made(shape));
    else group.append(made(shape));
  }
  for (let i = shapes.length; i < before.length; i++) group.lastChild?.remove();
}

/**
 * @param {Element} group
 * @param {number} i
 * @param {Shape} before
 * @param {Shape} after
 */
function patchWords(group, i, [, known, said], [, { x = 0, y = 0, ...looks }, text = ""]) {
  const place = group.children[i];
  const words = place.children[0];
  if (known.x !== x || known.y !== y) place.setAttribute("transform", translation(x, y));
  patchNode(words, known, looks);
  if (text !== said) words.textContent = text;
}

/**
 * @param {Element} node
 * @param {Shape[1]} known
 * @param {Shape[1]} attributes
 */
function patchNode(node, known, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (known[key] !== value) node.setAttribute(key, String(value));
  }
}
