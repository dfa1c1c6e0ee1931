// Builds elements: text from outside goes in as text nodes, never as HTML.

/**
 * What a name of an element makes.
 * @template {string} Name
 * @typedef {Name extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Name] : HTMLElement} Made
 */

/**
 * Make an element: h("button", {class: "button", type: "button", onclick: f}, "Send").
 * A property that starts with "on" is a listener; null, undefined and false leave an attribute out.
 * @template {string} Name
 * @param {Name} name
 * @param {Record<string, unknown>} [properties]
 * @param {...(Node | string | null | undefined)} children
 * @returns {Made<Name>}
 */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on"))
      element.addEventListener(key.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, String(value));
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return /** @type {Made<Name>} */ (element);
}

/**
 * The first element in `root` that a selector finds; throws when there is none.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function find(root, selector) {
  const found = root.querySelector(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return /** @type {HTMLElement} */ (found);
}

/**
 * All elements in `root` that a selector finds.
 * @returns {HTMLElement[]}
 * @param {ParentNode} root
 * @param {string} selector
 */
export const findAll = (root, selector) => [...root.querySelectorAll(selector)].map(asHtml);

/** @param {Element} element */
const asHtml = (element) => /** @type {HTMLElement} */ (element);

/**
 * The nearest element around another, or itself, that a selector finds; throws when there is none.
 * @param {Element} element
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function around(element, selector) {
  const found = element.closest(selector);
  if (found === null) throw new Error(`the page has no ${selector} here`);
  return /** @type {HTMLElement} */ (found);
}

/**
 * Write the text of an element, touching the page only when it changes.
 * @param {Node | null} node
 * @param {string} text
 */
export function setText(node, text) {
  const element = /** @type {Node} */ (node);
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Set or remove an attribute, touching the page only when it changes.
 * @param {Node | null} node
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export function setAttribute(node, name, value) {
  const element = /** @type {Element} */ (node);
  const absent = value === null || value === undefined || value === false;
  if (absent) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/**
 * Write a custom property of an element's style, touching the page only when it changes.
 * @param {HTMLElement | SVGElement} element
 * @param {string} name
 * @param {string} value
 */
export function setStyle(element, name, value) {
  if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}

/**
 * Put the colour of a client (1 to 8, by its number in the room) on an element as --who.
 * @param {HTMLElement} element
 * @param {number | null} number
 */
export function setColour(element, number) {
  const colour = number === null ? "var(--ink-2)" : `var(--c${((number - 1) % 8) + 1})`;
  setStyle(element, "--who", colour);
}

/**
 * Hear of an event like those of ask(): `act` gets its detail.
 * @template {object} Detail
 * @param {EventTarget} target
 * @param {string} type
 * @param {(detail: Detail) => void} act
 */
export function on(target, type, act) {
  target.addEventListener(type, (event) => act(/** @type {CustomEvent<Detail>} */ (event).detail));
}

/**
 * Tell the page what a person wants: an event that climbs to whoever can do it.
 * @param {Element} element
 * @param {string} type
 * @param {object} [detail]
 */
export function ask(element, type, detail = {}) {
  element.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
}

/**
 * What an element is given before it is connected, and does not have yet.
 * @template Given
 * @returns {Given}
 */
export const notYet = () => /** @type {any} */ (null);
