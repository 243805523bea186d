/** A point in time: whole seconds since 1970-01-01T00:00:00Z. */
type Instant = number;

const DATE = String.raw`(\d{4})-?(\d\d)-?(\d\d)`;
const TIME = String.raw`(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,18})?)?`;
const ZONE = String.raw`Z|UTC|GMT|([+-])(\d\d)(?::?(\d\d))?(?: ?UTC)?`;
const INSTANT = new RegExp(`^${DATE}(?:[T ]${TIME}(?: ?(?:${ZONE}))?)?$`, "i");
/** Dates and times with separators, or without any: nothing in between. */
const FORMS = [/^\d{4}-\d\d-\d\d(?:$|[T ]\d\d:\d\d)/i, /^\d{8}(?:$|T\d{4})/i];

/**
 * An instant in one of the forms of ISO 8601 that are named here, and in no other: a parser that guesses takes the fifth of
 * November for the eleventh of May. Fractions of a second are cut off.
 * - `2026-11-05T10:00:00Z`, also with a space instead of `T`, without seconds, with `.5` or `,5` of a second;
 * - zones `Z`, `+01:00`, `+0100`, `+01`, and as databases write them ` UTC` and ` +0000 UTC`; without one it is UTC;
 * - `20261105T100000Z`, the basic format;
 * - `2026-11-05` and `20261105`: the midnight UTC that begins that day.
 * @returns null for any other text, and for what is on no calendar or clock: 30 February, 24:00, second 60.
 */
export function parseInstant(text: string): Instant | null {
  const match = FORMS.some((form) => form.test(text)) ? INSTANT.exec(text) : null;
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  const [sign, zoneHour, zoneMinute] = [match[7], Number(match[8] ?? 0), Number(match[9] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const offset = (zoneHour * 60 + zoneMinute) * (sign === "-" ? -60 : 60);
  return Math.floor(date.getTime() / 1000) + hour * 3600 + minute * 60 + second - offset;
}

type Six = [number, number, number, number, number, number];

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The date of an HTTP header, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, IMF-fixdate); null for any other text. */
export function parseHttpDate(text: string): Instant | null {
  const match = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/.exec(text.trim());
  if (!match) return null;
  const [, day, name = "", year, time] = match;
  const month = MONTHS.indexOf(name) + 1;
  return month === 0 ? null : parseInstant(`${year}-${String(month).padStart(2, "0")}-${day}T${time}Z`);
}
