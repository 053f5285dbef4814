/** What the events view asks the API, made from the address's parameters. */
import {query, type Json, type JsonObject} from "./api";
import {href} from "./route";
import {HOUR, stepsFor, type Range, type Steps} from "./time";

export interface EventInfo {
  event_id: string;
  event_key?: string;
  event_type: string;
  title?: string;
  description?: string;
  severity: string;
  rule?: string;
  resource?: {resource_id?: string; resource_type?: string; name?: string};
  provider?: string;
  account?: string;
  image_url?: string;
  raw_data?: Json;
  additional_info?: JsonObject;
  alert_id?: string;
  webhook_id: string;
  project_id: string;
  domain_id?: string;
  created_at: string;
  occurred_at?: string;
  omitted?: string[];
}

/** Fields whose values are counted beside the list; one request counts all of them together. */
export const FACETS = ["severity", "event_type", "project_id", "webhook_id", "provider"] as const;
export type Facet = (typeof FACETS)[number];

export const NAMES: Record<string, string> = {
  severity: "Severity",
  event_type: "Type",
  project_id: "Project",
  webhook_id: "Webhook",
  provider: "Provider",
  account: "Account",
  rule: "Rule",
  event_key: "Event key",
  alert_id: "Alert",
  "resource.name": "Resource",
  "resource.resource_id": "Resource id",
  "resource.resource_type": "Resource type",
};

const LISTED = [
  "event_id", "event_type", "title", "severity", "created_at", "resource", "provider", "project_id", "webhook_id", "alert_id", "rule",
];

/** Conditions by a click: values of a field that events must have, or must not. */
export interface Filters {
  is: ReadonlyMap<string, readonly string[]>;
  not: ReadonlyMap<string, readonly string[]>;
  keyword: string;
}

/** The part of the address that decides which events are shown. */
export function filtersOf(params: URLSearchParams): Filters {
  return {is: grouped(params.getAll("is")), not: grouped(params.getAll("not")), keyword: (params.get("q") ?? "").trim()};
}

function grouped(texts: string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const text of texts) {
    const at = text.indexOf(":");
    if (at > 0) groups.set(text.slice(0, at), [...(groups.get(text.slice(0, at)) ?? []), text.slice(at + 1)]);
  }
  return groups;
}

/** Add or remove a value of `is` or `not`; the other of the two loses it. */
export function toggled(params: URLSearchParams, kind: "is" | "not", field: string, value: string): Record<string, string[]> {
  const one = `${field}:${value}`;
  const other = kind === "is" ? "not" : "is";
  const present = params.getAll(kind);
  return {
    [kind]: present.includes(one) ? present.filter((each) => each !== one) : [...present, one],
    [other]: params.getAll(other).filter((each) => each !== one),
  };
}

function conditions(filters: Filters, range: Range, left: (field: string) => boolean = () => false): Json[] {
  const conditions: Json[] = [
    {key: "created_at", value: range.from.toISOString(), operator: "datetime_gte"},
    {key: "created_at", value: range.to.toISOString(), operator: "datetime_lt"},
  ];
  for (const [field, values] of filters.is) {
    if (!left(field)) conditions.push({key: field, value: [...values], operator: "in"});
  }
  for (const [field, values] of filters.not) {
    if (!left(field)) conditions.push({key: field, value: [...values], operator: "not_in"});
  }
  return conditions;
}

function words(filters: Filters): JsonObject {
  return filters.keyword ? {keyword: filters.keyword} : {};
}

export interface Page {
  results: EventInfo[];
  next_token?: string;
}

export const PAGE = 60;

export function listEvents(filters: Filters, range: Range, token: string | null, signal?: AbortSignal): Promise<Page> {
  return query<Page>("events/search", {
    query: {
      filter: conditions(filters, range),
      ...words(filters),
      only: LISTED,
      page: token === null ? {limit: PAGE} : {limit: PAGE, token},
      count: false,
    },
  }, signal);
}

export function courseOf(alertId: string, signal?: AbortSignal): Promise<Page> {
  return query<Page>("events/search", {
    query: {filter: [{key: "alert_id", value: alertId, operator: "eq"}], only: LISTED, page: {limit: 100}, count: false},
  }, signal);
}

/** Where the events of some time before a moment are, and of an hour after it or after a later one. */
export function near(moment: string, before: number, params: Record<string, string> = {}, until = moment): string {
  const range = {from: new Date(Date.parse(moment) - before).toISOString(), to: new Date(Date.parse(until) + HOUR).toISOString()};
  return href("events", "", new URLSearchParams({...range, ...params}));
}

// --- counts -------------------------------------------------------------------------------------------------------------

type Row = {[field: string]: string | number | null};

export interface Counts {
  /** For each facet its values, most frequent first, counted without the facet's own conditions. */
  facets: Map<Facet, Array<[string, number]>>;
  total: number;
}

const ROWS = 5000;

/** Events by all facets, whose own conditions are left out, and by time as well if that is few rows. */
export interface Combined {
  range: Range;
  rows: Row[];
  hasTimes: boolean;
}

const FEW_HOURS = 25 * HOUR;

/** Count the events of a range by all facets at once; conditions on facets are applied here, so that choosing one shows the others still. */
export async function countCombined(filters: Filters, range: Range, signal?: AbortSignal): Promise<Combined> {
  if (isFewHours(range)) {
    const rows = await combinations([timeKey(range)], filters, range, signal);
    if (rows.length < ROWS) return {range, rows, hasTimes: true};
  }
  return {range, rows: await combinations([], filters, range, signal), hasTimes: false};
}

export function isFewHours({from, to}: Range): boolean {
  return to.getTime() - from.getTime() <= FEW_HOURS;
}

function timeKey(range: Range): JsonObject {
  return {key: "created_at", name: "time", date_format: stepsFor(range).dateFormat};
}

async function combinations(keys: JsonObject[], filters: Filters, range: Range, signal?: AbortSignal): Promise<Row[]> {
  const isFacet = (field: string) => (FACETS as readonly string[]).includes(field);
  const answer = await query<{results: Row[]}>("events/stat", {
    query: {
      filter: conditions(filters, range, isFacet),
      ...words(filters),
      aggregate: [
        {group: {keys: [...keys, ...FACETS.map((key) => ({key, name: key}))], fields: [{name: "count", operator: "count"}]}},
        {sort: {key: "count", desc: true}},
        {limit: ROWS},
      ],
    },
  }, signal);
  return answer.results;
}

function matches(row: Row, filters: Filters, except?: Facet): boolean {
  return FACETS.every((field) => {
    if (field === except) return true;
    const value = String(row[field] ?? "");
    return (filters.is.get(field)?.includes(value) ?? true) && !(filters.not.get(field)?.includes(value) ?? false);
  });
}

export function summarize(rows: Row[], filters: Filters): Counts {
  const facets = new Map<Facet, Array<[string, number]>>();
  for (const field of FACETS) {
    const counts = new Map<string, number>();
    for (const row of rows) {
      const value = String(row[field] ?? "");
      if (matches(row, filters, field)) counts.set(value, (counts.get(value) ?? 0) + Number(row.count));
    }
    // A chosen value stays in view without events, so that it can be unchosen.
    for (const value of [...(filters.is.get(field) ?? []), ...(filters.not.get(field) ?? [])]) counts.set(value, counts.get(value) ?? 0);
    facets.set(field, [...counts].sort((one, other) => other[1] - one[1]));
  }
  return {facets, total: rows.reduce((sum, row) => sum + (matches(row, filters) ? Number(row.count) : 0), 0)};
}

export interface Histogram {
  range: Range;
  steps: Steps;
  bars: Array<{from: Date; to: Date; counts: Map<string, number>; total: number}>;
  /** The values in the bars, in the order in which they are stacked. */
  values: string[];
}

const MOST_VALUES = 7;
export const OTHERS = "\u0000others";

export const RECOVERY = "RECOVERY";

/** The value of a bar's part. A recovery has the severity of what it ended, and is no alarm of that severity. */
function valueOf(row: Row, by: Facet): string {
  return by === "severity" && row.event_type === RECOVERY ? RECOVERY : String(row[by] ?? "");
}

/** Count the events of a range by time and by one facet. */
export async function countOverTime(filters: Filters, range: Range, by: Facet, signal?: AbortSignal): Promise<Histogram> {
  const answer = await query<{results: Row[]}>("events/stat", {
    query: {
      filter: conditions(filters, range),
      ...words(filters),
      aggregate: [{group: {keys: [timeKey(range), ...[by, ...(by === "severity" ? ["event_type"] : [])].map((key) => ({key, name: key}))], fields: [{name: "count", operator: "count"}]}}],
    },
  }, signal);
  return histogram(answer.results, range, by);
}

/** The same from what is counted by all facets and by time. */
export function overTime({rows, range}: Combined, filters: Filters, by: Facet): Histogram {
  return histogram(rows.filter((row) => matches(row, filters)), range, by);
}

function histogram(rows: Row[], range: Range, by: Facet): Histogram {
  const steps = stepsFor(range);
  const {interval} = steps;
  const bars: Histogram["bars"] = [];
  const first = interval.floor(range.from);
  for (let at = first; at < range.to; at = interval.offset(at, 1)) bars.push({from: at, to: at, counts: new Map(), total: 0});
  bars.forEach((bar, index) => {
    bar.to = bars[index + 1]?.from ?? interval.offset(bar.from, 1);
  });
  const barOf = new Map(bars.map((bar) => [bar.from.getTime(), bar]));
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(valueOf(row, by), (totals.get(valueOf(row, by)) ?? 0) + Number(row.count));
  const frequent = [...totals].sort((one, other) => other[1] - one[1]).map(([value]) => value);
  const kept = new Set(frequent.slice(0, MOST_VALUES));
  for (const row of rows) {
    const at = steps.parse(String(row.time));
    const bar = barOf.get(interval.floor(at).getTime()) ?? (at < range.from ? bars[0] : bars[bars.length - 1]);
    if (!bar) continue;
    const value = kept.has(valueOf(row, by)) ? valueOf(row, by) : OTHERS;
    bar.counts.set(value, (bar.counts.get(value) ?? 0) + Number(row.count));
    bar.total += Number(row.count);
  }
  const values = frequent.slice(0, MOST_VALUES);
  return {range, steps, bars, values: frequent.length > MOST_VALUES ? [...values, OTHERS] : values};
}

export function isEmpty(filters: Filters): boolean {
  return filters.is.size === 0 && filters.not.size === 0 && filters.keyword === "";
}
