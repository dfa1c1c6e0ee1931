// Words, numbers and times in the language of the page.
// The English text is the id of a message. The other language comes with the joined script, each
// message before the module that says it (learn); with plain modules the page carries all of them as
// JSON in <script type="application/json" id="messages">: {id: text | [plural…]}.

/**
 * What stands between thousands, and before a fraction.
 * @type {Readonly<Record<string, {between: string, point: string} | undefined>>}
 */
const SIGNS = Object.freeze({
  en: { between: ",", point: "." },
  ru: { between: "\u00a0", point: "," },
});
const MOST = 1e15; // from here on a number is written otherwise
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

/** @typedef {{minimumFractionDigits?: number, maximumFractionDigits?: number}} Fraction */
/** @typedef {Record<string, unknown>} Values what is put into a message, by the name of its place */

/** @typedef {Record<string, string | string[] | undefined>} Messages text or plural forms, by the English text */

/** @type {Messages} */
const messages = Object.create(null);

/** The language tag of the page, for Intl. */
export const locale = globalThis.document?.documentElement.lang || "en";

/** Know more messages in the language of the page. */
export function learn(/** @type {Messages} */ more) {
  Object.assign(messages, more);
}

/**
 * Say a message in the language of the page.
 * `{name}` stands for values.name, put in as it is (a port stays 12345; see number()).
 * @param {string} message
 * @param {Values} [values]
 */
export function t(message, values = {}) {
  const text = messages[message];
  return fill(typeof text === "string" ? text : message, values);
}

/**
 * Say a message that counts: `{n}` is n as people of this language write numbers.
 * @param {string} one
 * @param {string} many
 * @param {number} n
 * @param {Values} [values]
 */
export function tn(one, many, n, values = {}) {
  const forms = messages[one];
  const text = Array.isArray(forms) ? forms[pluralForm(n)] : n === 1 ? one : many;
  return fill(text ?? many, { n: number(n), ...values });
}

/**
 * Write a number: number(0.08) is "0,08" in Russian. The first format of Intl costs a page 20 ms, and it
 * would be asked for in the frame that shows the first events: numbers of our languages do without.
 * @param {number} value
 * @param {Fraction} [fraction]
 */
export function number(value, { minimumFractionDigits = 0, maximumFractionDigits = 3 } = {}) {
  const signs = SIGNS[locale];
  const most = Math.max(minimumFractionDigits, maximumFractionDigits);
  if (signs === undefined || !(Math.abs(value) < MOST))
    return numberFormat({ minimumFractionDigits, maximumFractionDigits: most }).format(value);
  const [whole, digits = ""] = value.toFixed(most).split(".");
  const kept = digits.slice(0, minimumFractionDigits);
  const rest = digits.slice(minimumFractionDigits).replace(/0+$/, "");
  const written = whole.replace(THOUSANDS, signs.between);
  return kept || rest ? `${written}${signs.point}${kept}${rest}` : written;
}

/**
 * Write the time of day of a unix time in seconds, to the millisecond: 14:05:09.114. A format of Intl
 * would cost the frame that shows the first events 40 ms.
 */
export function clockTime(/** @type {number} */ unixSeconds) {
  const date = new Date(unixSeconds * 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const whole = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  const ms = String(date.getMilliseconds()).padStart(3, "0");
  return `${whole}${SIGNS[locale]?.point ?? "."}${ms}`;
}

/** Write the day and the time of a unix time in seconds; null for one that is none. */
export function dateTime(/** @type {number} */ unixSeconds) {
  const date = new Date(unixSeconds * 1000);
  dateFormat ??= new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  return Number.isNaN(date.getTime()) ? null : dateFormat.format(date);
}

/** @type {Map<string, Intl.NumberFormat>} a format takes a hundred times as long to make as to use */
const numberFormats = new Map();

function numberFormat(/** @type {Intl.NumberFormatOptions} */ options) {
  const name = JSON.stringify(options);
  let format = numberFormats.get(name);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    numberFormats.set(name, format);
  }
  return format;
}

/** @type {Intl.DateTimeFormat | undefined} */
let dateFormat; // made when it is first used, too

// The plural forms of Russian, as its PO file lists them: one, few (and 2,5 байта), many. The rules are
// CLDR's; the first question to Intl costs the page's start 5 ms, on a phone 20. English has both in its messages.
function pluralForm(/** @type {number} */ n) {
  const [tens, ones] = [Math.abs(n) % 100, Math.abs(n) % 10];
  if (n % 1 !== 0) return 1;
  if (ones === 1 && tens !== 11) return 0;
  return ones >= 2 && ones <= 4 && tens - ones !== 10 ? 1 : 2;
}

function fill(/** @type {string} */ text, /** @type {Values} */ values) {
  return text.replace(/\{(\w+)\}/g, (/** @type {string} */ hole, /** @type {string} */ name) =>
    Object.hasOwn(values, name) ? String(values[name]) : hole,
  );
}

learn(JSON.parse(globalThis.document?.getElementById("messages")?.textContent ?? "{}"));
