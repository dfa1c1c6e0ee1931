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

/**
 * Make the children of a group equal to shapes.
 * @param {Element} group
 * @param {readonly Shape[]} shapes
 */
export function patch(group, shapes) {
  const { childNodes } = group;
  shapes.forEach(([name, attributes, text = null], i) => {
    const node = childNodes[i];
    if (!node) group.append(svg(name, attributes, text));
    else if (node.nodeName !== name) group.replaceChild(svg(name, attributes, text), node);
    else patchNode(/** @type {Element} */ (node), attributes, text);
  });
  while (childNodes.length > shapes.length) group.lastChild?.remove();
}

/**
 * @param {Element} node
 * @param {Attributes} attributes
 * @param {string | null} text
 */
function patchNode(node, attributes, text) {
  for (const [key, value] of Object.entries(attributes)) {
    if (node.getAttribute(key) !== String(value)) node.setAttribute(key, String(value));
  }
  if (text !== null && node.textContent !== text) node.textContent = text;
}
