// Dates in the reader's language (the browser's) and in the time zone of the person they are playing.

export function clockOf(names) {
  const zone = validZone(names.you?.tz);
  const now = () => (names.now ? new Date(names.now) : new Date());
  const format = (date, options) => new Intl.DateTimeFormat(undefined, { timeZone: zone, ...options }).format(date);
  const today = () => dayKey({ format }, now());
  return { zone, now, format, today };
}

function validZone(zone) {
  try {
    new Intl.DateTimeFormat(undefined, { timeZone: zone });
    return zone;
  } catch {
    return undefined;
  }
}

const dayKey = (clock, date) => clock.format(date, { year: "numeric", month: "2-digit", day: "2-digit" });

/** "Today", "Yesterday", "Tomorrow", or null. */
function relativeDay(clock, date) {
  const words = { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" };
  for (const shift of [-1, 0, 1]) {
    if (dayKey(clock, date) === dayKey(clock, new Date(clock.now().getTime() + shift * 86400e3))) return words[shift];
  }
  return null;
}

const ordinary = { year: "numeric", month: "long", day: "numeric" };
const shorter = { year: "numeric", month: "short", day: "numeric" };
const longer = { ...ordinary, weekday: "long" };
const hourMinute = { hour: "2-digit", minute: "2-digit" };

const TOKENS = {
  date_num: (clock, date) => clock.format(date, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date_slash: (clock, date) => clock.format(date, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date: (clock, date) => clock.format(date, ordinary),
  date_short: (clock, date) => clock.format(date, shorter),
  date_long: (clock, date) => clock.format(date, longer),
  date_pretty: (clock, date) => relativeDay(clock, date) ?? clock.format(date, ordinary),
  date_short_pretty: (clock, date) => relativeDay(clock, date) ?? clock.format(date, shorter),
  date_long_pretty: (clock, date) => relativeDay(clock, date) ?? clock.format(date, longer),
  day_divider_pretty: (clock, date) => relativeDay(clock, date) ?? clock.format(date, longer),
  time: (clock, date) => clock.format(date, hourMinute),
  time_secs: (clock, date) => clock.format(date, { ...hourMinute, second: "2-digit" }),
  ago: (clock, date) => ago(clock.now(), date),
};

function ago(now, date) {
  const seconds = (date - now) / 1000;
  const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** Fills Slack's date format ("{date} at {time}") for a Unix time; null when the time is not a number. */
export function formatDateTokens(seconds, template, clock) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  return template.replace(/\{(\w+)\}/g, (token, name) => (TOKENS[name] ? TOKENS[name](clock, date) : token));
}

/** A message's ts ("1718000000.000100") as a Date. */
export const dateOfTs = (ts) => new Date(Number.parseFloat(ts) * 1000);

export const timeOf = (ts, clock) => TOKENS.time(clock, dateOfTs(ts));
export const dayOf = (ts, clock) => TOKENS.date_long_pretty(clock, dateOfTs(ts));
export const fullTimeOf = (ts, clock) => clock.format(dateOfTs(ts), { ...longer, ...hourMinute });
