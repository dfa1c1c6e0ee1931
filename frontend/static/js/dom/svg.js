// Puts shapes into the page: [element, attributes, text] as SVG, touching only what differs.

/** @typedef {[string, Record<string, string | number>, string?]} Shape */

const SVG = "http://www.w3.org/2000/svg";

/** Make an SVG element. */
export function svg(name, attributes = {}, text = null) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== null) element.textContent = text;
  return element;
}

/** Make the children of a group equal to shapes. */
export function patch(group, shapes) {
  const { childNodes } = group;
  shapes.forEach(([name, attributes, text = null], i) => {
    const node = childNodes[i];
    if (!node) group.append(svg(name, attributes, text));
    else if (node.nodeName !== name) node.replaceWith(svg(name, attributes, text));
    else patchNode(node, attributes, text);
  });
  while (childNodes.length > shapes.length) group.lastChild.remove();
}

function patchNode(node, attributes, text) {
  for (const [key, value] of Object.entries(attributes)) {
    if (node.getAttribute(key) !== String(value)) node.setAttribute(key, value);
  }
  if (text !== null && node.textContent !== text) node.textContent = text;
}
