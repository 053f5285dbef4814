/** Times and ranges, in the viewer's time zone. */
import {timeDay, timeHour, timeMinute, timeMonth, timeTicks, utcDay, utcMonday, utcMonth, type CountableTimeInterval, type TimeInterval} from "d3-time";
import {signal} from "@preact/signals";

export interface Range {
  from: Date;
  to: Date;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const RANGES: ReadonlyArray<readonly [string, string]> = [
  ["15m", "Last 15 minutes"],
  ["1h", "Last hour"],
  ["6h", "Last 6 hours"],
  ["24h", "Last 24 hours"],
  ["3d", "Last 3 days"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
  ["90d", "Last 90 days"],
  ["365d", "Last year"],
];
export const DEFAULT_RANGE = "24h";

const UNITS: Record<string, number> = {m: MINUTE, h: HOUR, d: DAY};

/** The range of an address's parameters; a relative one ends now. */
export function rangeOf(params: URLSearchParams, now: Date): Range {
  const from = Date.parse(params.get("from") ?? "");
  const to = Date.parse(params.get("to") ?? "");
  if (from < to) return {from: new Date(from), to: new Date(to)};
  return relative(params.get("range") ?? DEFAULT_RANGE, now) ?? relative(DEFAULT_RANGE, now)!;
}

export function isAbsolute(params: URLSearchParams): boolean {
  return Date.parse(params.get("from") ?? "") < Date.parse(params.get("to") ?? "");
}

function relative(text: string, now: Date): Range | null {
  const match = /^(\d{1,4})([mhd])$/.exec(text);
  const length = match ? Number(match[1]) * UNITS[match[2]!]! : 0;
  return length > 0 ? {from: new Date(now.getTime() - length), to: now} : null;
}

/** The current time, every ten seconds, for ages. */
export const clock = signal(Date.now());
setInterval(() => {
  clock.value = Date.now();
}, 10 * SECOND);

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const zone = ZONE;

const format = (options: Intl.DateTimeFormatOptions) => {
  const made = new Intl.DateTimeFormat("en-GB", {hourCycle: "h23", ...options});
  return (at: Date | number) => made.format(at);
};
export const showDay = format({weekday: "short", day: "numeric", month: "short", year: "numeric"});
export const showTime = format({hour: "2-digit", minute: "2-digit", second: "2-digit"});
export const showMinute = format({day: "numeric", month: "short", hour: "2-digit", minute: "2-digit"});
export const showFull = format({dateStyle: "medium", timeStyle: "long"});
const showShortDay = format({day: "numeric", month: "short"});
const showHour = format({hour: "2-digit", minute: "2-digit"});
const showMonth = format({month: "short", year: "numeric"});

export function showRange({from, to}: Range): string {
  return `${showMinute(from)} – ${sameDay(from, to) ? showHour(to) : showMinute(to)}`;
}

export function sameDay(one: Date, other: Date): boolean {
  return timeDay.floor(one).getTime() === timeDay.floor(other).getTime();
}

/** An hour of which only the beginning is known, as it is said within days: "today after 14:00". */
export function after(hour: number, now: number): string {
  const days = timeDay.count(timeDay.floor(new Date(hour)), new Date(now));
  return `${["today", "yesterday"][days] ?? showShortDay(hour)} after ${showHour(hour)}`;
}

export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / SECOND));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A value for `<input type="datetime-local">`. */
export function toInput(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * MINUTE);
  return local.toISOString().slice(0, 16);
}

/** How events are counted: the API's group of time, and the interval of a bar, which holds whole groups. */
export interface Steps {
  dateFormat: string;
  parse: (group: string) => Date;
  interval: CountableTimeInterval | TimeInterval;
  label: string;
}

const utc = (suffix: string) => (group: string) => new Date(group + suffix);
const MINUTES = {dateFormat: "%Y-%m-%dT%H:%M", parse: utc(":00Z")};
const HOURS = {dateFormat: "%Y-%m-%dT%H", parse: utc(":00:00Z")};
// Days are UTC's: a month or a year of the viewer's own days would need all of its hours.
const DAYS = {dateFormat: "%Y-%m-%d", parse: utc("T00:00:00Z")};

/** Bars that are as fine as a range allows. Hours and days are counted already (summaries), minutes are read. */
export function stepsFor({from, to}: Range): Steps {
  const length = to.getTime() - from.getTime();
  const every = (interval: CountableTimeInterval, step: number) => interval.every(step) ?? interval;
  if (length <= 90 * MINUTE) return {...MINUTES, interval: timeMinute, label: "minute"};
  if (length <= 3 * HOUR) return {...MINUTES, interval: every(timeMinute, 2), label: "2 minutes"};
  if (length <= 8 * HOUR) return {...MINUTES, interval: every(timeMinute, 5), label: "5 minutes"};
  if (length <= 4 * DAY) return {...HOURS, interval: timeHour, label: "hour"};
  if (length <= 10 * DAY) return {...HOURS, interval: every(timeHour, 3), label: "3 hours"};
  if (length <= 120 * DAY) return {...DAYS, interval: utcDay, label: "day (UTC)"};
  if (length <= 500 * DAY) return {...DAYS, interval: utcMonday, label: "week (UTC)"};
  return {...DAYS, interval: utcMonth, label: "month (UTC)"};
}

export function ticks({from, to}: Range, count: number): Array<{at: Date; text: string}> {
  const isLong = to.getTime() - from.getTime() > 90 * DAY;
  return timeTicks(from, to, count).map((at) => ({at, text: tickText(at, isLong)}));
}

function tickText(at: Date, isLong: boolean): string {
  if (isLong && timeMonth.floor(at).getTime() === at.getTime()) return showMonth(at);
  return timeDay.floor(at).getTime() === at.getTime() ? showShortDay(at) : showHour(at);
}
