// What a picture shows now as a file of its own: an SVG by day, whatever the theme is, with nothing
// that it would have to load.

import { find, findAll } from "../dom/markup.js";
import { svg } from "../dom/svg.js";

// What decides how a shape looks, and comes from a sheet.
const LOOKS = Object.freeze([
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap"],
  ...["opacity", "font-family", "font-size", "font-weight", "font-style", "text-anchor"],
  ...["dominant-baseline", "paint-order", "visibility", "display"],
]);
const LINE = 1.25; // of the size of its letters
const BELOW = 16; // px below the last shape

/** Write what is in sight of a picture as SVG; null where it is not shown. */
export function pictureFile(/** @type {HTMLElement} */ picture) {
  const box = find(picture, ".diagram__scroll");
  const { width, height: seen } = box.getBoundingClientRect();
  const drawn = box.querySelector(".diagram__picture, .lanes__picture");
  if (width === 0 || seen === 0 || drawn === null) return null;
  const height = Math.min(seen, lowest(box, drawn) + BELOW);
  picture.classList.add("is-by-day");
  const background = getComputedStyle(picture).getPropertyValue("--paper");
  const file = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  file.append(svg("rect", { width, height, fill: background || "#fff" }));
  const copy = copyOf(drawn);
  for (const [name, value] of Object.entries(frameOf(box, drawn))) {
    copy.setAttribute(name, String(value));
  }
  file.append(copy);
  for (const head of findAll(box, ".diagram__head, .lanes__name")) file.append(headOf(box, head));
  picture.classList.remove("is-by-day");
  return new XMLSerializer().serializeToString(file);
}

/** How far down, from the top of a box, anything is drawn. */
function lowest(/** @type {Element} */ box, /** @type {Element} */ drawn) {
  const shapes = findAll(drawn, ":is(line, path, rect, circle, text):not([visibility=hidden])");
  const ends = shapes.map((each) => each.getBoundingClientRect().bottom);
  return Math.max(0, ...ends) - box.getBoundingClientRect().top;
}

/** Copy shapes with their looks; a bound of the depth is that of the page. */
function copyOf(/** @type {Element} */ element) {
  const copy = /** @type {SVGElement} */ (element.cloneNode(true));
  const [here, there] = [element, copy].map((each) => [each, ...each.querySelectorAll("*")]);
  for (const [i, each] of here.entries()) {
    const looks = getComputedStyle(each);
    there[i].removeAttribute("class");
    there[i].removeAttribute("style");
    for (const name of LOOKS) there[i].setAttribute(name, looks.getPropertyValue(name));
  }
  return copy;
}

// The diagram is drawn beyond its own box, of one unit, on paper that is as large as it is.
function frameOf(/** @type {Element} */ box, /** @type {Element} */ drawn) {
  const paper = drawn.closest(".diagram__paper");
  if (paper === null) return placeIn(box, drawn);
  const place = placeIn(box, paper);
  const unit = drawn.getBoundingClientRect().width;
  return { ...place, viewBox: `0 0 ${place.width / unit} ${place.height / unit}` };
}

function placeIn(/** @type {Element} */ box, /** @type {Element} */ element) {
  const [around, here] = [box.getBoundingClientRect(), element.getBoundingClientRect()];
  const { width, height } = here;
  return { x: here.left - around.left, y: here.top - around.top, width, height };
}

// A head is no SVG in the page: a box with lines of text.
function headOf(/** @type {Element} */ box, /** @type {Element} */ head) {
  const { x, y, width, height } = placeIn(box, head);
  const looks = getComputedStyle(head);
  const group = svg("g");
  const stroke = looks.borderTopWidth === "0px" ? "none" : looks.borderTopColor;
  const edge = { fill: looks.backgroundColor, stroke, rx: 6 };
  group.append(svg("rect", { x, y, width, height, ...edge }));
  const lines = [...head.children].filter((each) => each.textContent && each.clientHeight > 0);
  for (const line of lines) {
    const { x: left, y: top, width: wide, height: high } = placeIn(box, line);
    const style = getComputedStyle(line);
    const size = Number.parseFloat(style.fontSize);
    const isCentred = style.textAlign === "center";
    const at = {
      x: isCentred ? left + wide / 2 : left,
      y: top + high / 2 + (size * (LINE - 1)) / 2 + size / 5,
    };
    const font = { "font-family": style.fontFamily, "font-size": size };
    const how = {
      fill: style.color,
      "font-weight": style.fontWeight,
      "text-anchor": isCentred ? "middle" : "start",
    };
    group.append(svg("text", { ...at, ...font, ...how }, line.textContent));
  }
  return group;
}
