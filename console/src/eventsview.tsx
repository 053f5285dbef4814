/** Events over time, their values, and the events themselves. */
import {useSignal} from "@preact/signals";
import {useEffect, useMemo, useRef, useState} from "preact/hooks";
import {isAbort} from "./api";
import {EventDetail} from "./eventdetail";
import {
  FACETS, NAMES, RECOVERY, countCombined, countOverTime, filtersOf, isEmpty, isFewHours, listEvents, overTime, summarize, toggled, type EventInfo, type Facet,
  type Filters, type Histogram as Counted,
} from "./events";
import {Facets} from "./facets";
import {Histogram} from "./histogram";
import {useEvery, useLoad} from "./load";
import {nameOf} from "./names";
import {RangeChoice, setRange} from "./range";
import {change, route} from "./route";
import {Search} from "./search";
import {isAbsolute, rangeOf, sameDay, showDay, showFull, showTime, type Range} from "./time";
import {Empty, Failure, Kind, Waiting, isOnRow, shownValue, tone} from "./ui";

const LIVE_SECONDS = 5;
const COUNT_SECONDS = 30;
// Indexes show an event a little after it was stored; live mode looks back that far.
const OVERLAP = 15_000;

/** The parameters that decide which events are shown; the open event and the switch of the histogram do not. */
function keyOf(params: URLSearchParams): string {
  return JSON.stringify(["range", "from", "to", "is", "not", "q"].map((name) => params.getAll(name)));
}

export function EventsView() {
  const {params} = route.value;
  const key = keyOf(params);
  const [turn, setTurn] = useState(0);
  const range = useMemo(() => rangeOf(params, new Date()), [key, turn]);
  const filters = useMemo(() => filtersOf(params), [key]);
  const by = (FACETS as readonly string[]).includes(params.get("by") ?? "") ? (params.get("by") as Facet) : "severity";
  const live = params.has("live") && !isAbsolute(params);
  const [counting, setCounting] = useState(0);
  // While it counts anew in live mode, the range ends now and not when the view was opened.
  const counted = useMemo(() => (live ? rangeOf(params, new Date()) : range), [range, live, counting]);
  const countKey = `${key} ${turn} ${counting}`;
  const combined = useLoad((signal) => countCombined(filters, counted, signal), countKey);
  // A long range has too many combinations of times and facets to count both in one request.
  const isApart = !isFewHours(counted) || (combined.data?.range === counted && !combined.data.hasTimes);
  const apart = useLoad(async (signal) => (isApart ? countOverTime(filters, counted, by, signal) : null), `${countKey} ${isApart ? by : ""}`);
  const counts = useMemo(() => (combined.data ? summarize(combined.data.rows, filters) : null), [combined.data, filters]);
  const together = useMemo(() => (combined.data?.hasTimes ? overTime(combined.data, filters, by) : null), [combined.data, filters, by]);
  // The last one stays until the next is counted.
  const shown = useRef<Counted | null>(null);
  shown.current = (isApart ? apart.data : together) ?? shown.current;
  const histogram = shown.current;
  const failure = combined.error ?? apart.error;
  useEvery(COUNT_SECONDS, () => setCounting((before) => before + 1), live);
  const open = params.get("event");
  const toggle = (kind: "is" | "not", field: string, value: string) => change(toggled(params, kind, field, value));

  return (
    <div class={`events ${open ? "with-detail" : ""}`}>
      <h1 class="unseen">Events</h1>
      <Bar range={range} live={live} filters={filters} onRefresh={() => setTurn((before) => before + 1)} busy={combined.loading || apart.loading} />
      <Chips filters={filters} onToggle={toggle} />
      <details class="side" open={matchMedia("(min-width: 60rem)").matches}>
        <summary>Filters</summary>
        <Facets counts={counts} filters={filters} name={(field, value) => nameOf(field, shownValue(field, value))} onToggle={toggle} />
      </details>
      <section class="chart" aria-label="Events over time">
        <div class="chart-head">
          <h2>{counts ? `${counts.total.toLocaleString("en")} event${counts.total === 1 ? "" : "s"}` : "Events"}</h2>
          <span class="hint">{histogram && `a bar is ${/^\d/.test(histogram.steps.label) ? "" : "one "}${histogram.steps.label}`}</span>
          <label class="inline">
            by{" "}
            <select value={by} onChange={(event) => change({by: event.currentTarget.value === "severity" ? null : event.currentTarget.value}, true)}>
              {FACETS.map((field) => <option key={field} value={field}>{NAMES[field]!.toLowerCase()}</option>)}
            </select>
          </label>
          <div class="steps" role="group" aria-label="Move the range">
            <button type="button" onClick={() => setRange(moved(range, -0.5))}>Earlier</button>
            <button type="button" onClick={() => setRange(scaled(range, 0.5))}>Zoom in</button>
            <button type="button" onClick={() => setRange(scaled(range, 2))}>Zoom out</button>
            <button type="button" onClick={() => setRange(moved(range, 0.5))}>Later</button>
          </div>
        </div>
        {failure !== null && <Failure error={failure} retry={() => setCounting((before) => before + 1)} />}
        {histogram
          ? (
            <Histogram
              counted={histogram}
              by={by}
              name={(value) => nameOf(by, value)}
              chosen={[...(filters.is.get(by) ?? []), ...(by === "severity" ? filters.is.get("event_type") ?? [] : [])]}
              onZoom={setRange}
              onValue={(value) => toggle("is", by === "severity" && value === RECOVERY ? "event_type" : by, value)}
            />
          )
          : failure === null && <div class="chart-space"><Waiting what="the histogram" /></div>}
      </section>
      <EventList key={`${key} ${turn}`} filters={filters} range={range} live={live} onToggle={toggle} onRestart={() => setTurn((before) => before + 1)} open={open} />
      {open && (
        <EventDetail
          key={open}
          id={open}
          onFilter={toggle}
          onClose={() => {
            change({event: null});
            document.querySelector<HTMLElement>(`[data-event="${CSS.escape(open)}"]`)?.focus();
          }}
        />
      )}
    </div>
  );
}

function moved({from, to}: Range, share: number): Range {
  const length = to.getTime() - from.getTime();
  // Later than now, there is nothing to see.
  const end = Math.min(to.getTime() + length * share, Math.max(Date.now(), to.getTime()));
  return {from: new Date(end - length), to: new Date(end)};
}

function scaled({from, to}: Range, factor: number): Range {
  const middle = (from.getTime() + to.getTime()) / 2;
  const half = Math.max(60_000, ((to.getTime() - from.getTime()) * factor) / 2);
  return {from: new Date(middle - half), to: new Date(middle + half)};
}

// --- the bar ------------------------------------------------------------------------------------------------------------

function Bar({range, live, filters, onRefresh, busy}: {range: Range; live: boolean; filters: Filters; onRefresh: () => void; busy: boolean}) {
  return (
    <div class="bar-row">
      <Search value={filters.keyword} what="event" />
      <RangeChoice range={range} />
      <button
        type="button"
        class={live ? "live on" : "live"}
        aria-pressed={live}
        onClick={() => change(live ? {live: null} : {live: "1", from: null, to: null})}
      >
        <i class="pulse" aria-hidden="true" /> Live
      </button>
      <button type="button" aria-label="Refresh" title="Refresh" aria-busy={busy} class={busy ? "busy" : ""} onClick={onRefresh}>⟳</button>
    </div>
  );
}

function Chips({filters, onToggle}: {filters: Filters; onToggle: (kind: "is" | "not", field: string, value: string) => void}) {
  if (isEmpty(filters)) return null;
  const all = (["is", "not"] as const).flatMap((kind) =>
    [...filters[kind]].flatMap(([field, values]) => values.map((value) => ({kind, field, value}))));
  return (
    <ul class="chips" aria-label="Filters">
      {filters.keyword && (
        <li><button type="button" title="Remove" onClick={() => change({q: null})}>words: <b>{filters.keyword}</b> <span aria-hidden="true">✕</span></button></li>
      )}
      {all.map(({kind, field, value}) => (
        <li key={`${kind}${field}${value}`}>
          <button type="button" title="Remove" class={kind === "not" ? "out" : ""} onClick={() => onToggle(kind, field, value)}>
            {NAMES[field] ?? field} {kind === "is" ? "is" : "is not"} <b>{value === "" ? "(none)" : nameOf(field, shownValue(field, value))}</b> <span aria-hidden="true">✕</span>
          </button>
        </li>
      ))}
      <li><button type="button" class="quiet" onClick={() => change({is: null, not: null, q: null})}>Clear all</button></li>
    </ul>
  );
}

// --- the list -----------------------------------------------------------------------------------------------------------

interface ListProps {
  filters: Filters;
  range: Range;
  live: boolean;
  open: string | null;
  onToggle: (kind: "is" | "not", field: string, value: string) => void;
  onRestart: () => void;
}

function EventList({filters, range, live, open, onToggle, onRestart}: ListProps) {
  const events = useSignal<EventInfo[]>([]);
  const arrived = useSignal<EventInfo[]>([]);
  const token = useSignal<string | null | undefined>(undefined);
  const [error, setError] = useState<unknown>(null);
  const [loading, setLoading] = useState(false);
  const controller = useRef(new AbortController());
  const end = useRef<HTMLDivElement>(null);
  const top = useRef<HTMLDivElement>(null);

  const more = async () => {
    if (loading || token.value === null) return;
    setLoading(true);
    setError(null);
    try {
      const page = await listEvents(filters, range, token.value ?? null, controller.current.signal);
      const known = new Set(events.value.map((event) => event.event_id));
      events.value = [...events.value, ...page.results.filter((event) => !known.has(event.event_id))];
      token.value = page.next_token ?? null;
    } catch (failure) {
      if (isAbort(failure)) return;
      setError(failure);
    }
    setLoading(false);
  };
  useEffect(() => {
    void more();
    return () => controller.current.abort();
  }, []);
  const latest = useRef(more);
  latest.current = more;
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) void latest.current();
    }, {rootMargin: "800px"});
    observer.observe(end.current!);
    return () => observer.disconnect();
    // Observed anew after each page: the end may still be in view then.
  }, [events.value.length]);

  useEvery(LIVE_SECONDS, () => {
    void (async () => {
      const now = new Date();
      const newest = [...arrived.value, ...events.value][0];
      const since = newest ? Math.max(Date.parse(newest.created_at) - OVERLAP, range.from.getTime()) : range.from.getTime();
      try {
        const page = await listEvents(filters, {from: new Date(since), to: new Date(now.getTime() + 60_000)}, null, controller.current.signal);
        const known = new Set([...arrived.value, ...events.value].map((event) => event.event_id));
        const fresh = page.results.filter((event) => !known.has(event.event_id));
        if (fresh.length === 0) return;
        const isAtTop = (top.current?.getBoundingClientRect().top ?? 0) > -40;
        if (page.next_token && fresh.length === page.results.length) {
          // More than a page came at once: what lies between would be missing.
          onRestart();
        } else if (isAtTop) {
          events.value = [...fresh, ...arrived.value, ...events.value].sort(newestFirst);
          arrived.value = [];
        } else {
          arrived.value = [...fresh, ...arrived.value];
        }
      } catch {
        // The next turn tries again; the counts report an API that stays away.
      }
    })();
  }, live && token.value !== undefined);

  const showArrived = () => {
    events.value = [...arrived.value, ...events.value].sort(newestFirst);
    arrived.value = [];
    scrollTo({top: 0});
  };

  return (
    <section class="list" aria-label="Events, newest first">
      <div ref={top} />
      {arrived.value.length > 0 && (
        <button type="button" class="arrived primary" onClick={showArrived}>{arrived.value.length} new event{arrived.value.length === 1 ? "" : "s"}</button>
      )}
      {events.value.length > 0 && <Rows events={events.value} open={open} onToggle={onToggle} />}
      {events.value.length === 0 && token.value === null && (
        <Empty title="No events">
          <p>{isEmpty(filters) ? "Nothing arrived in this range." : "Nothing in this range matches the filters."}</p>
          <p class="actions">
            {!isEmpty(filters) && <button type="button" onClick={() => change({is: null, not: null, q: null})}>Clear the filters</button>}
            <button type="button" onClick={() => change({range: "30d", from: null, to: null})}>Show the last 30 days</button>
          </p>
        </Empty>
      )}
      {error !== null && <Failure error={error} retry={() => void more()} />}
      {loading && <Waiting what="events" />}
      {token.value === null && events.value.length > 0 && <p class="hint end">That is all in this range.</p>}
      <div ref={end} />
    </section>
  );
}

function newestFirst(one: EventInfo, other: EventInfo): number {
  return other.created_at < one.created_at ? -1 : other.created_at > one.created_at ? 1 : 0;
}

function Rows({events, open, onToggle}: {events: EventInfo[]; open: string | null; onToggle: ListProps["onToggle"]}) {
  return (
    <ol class="rows">
      {events.map((event, index) => {
        const at = new Date(event.created_at);
        const before = events[index - 1];
        const isNewDay = !before || !sameDay(at, new Date(before.created_at));
        return [
          isNewDay && <li key={`day ${event.created_at}`} class="day"><h3>{showDay(at)}</h3></li>,
          <Row key={event.event_id} event={event} at={at} isOpen={event.event_id === open} onToggle={onToggle} />,
        ];
      })}
    </ol>
  );
}

function Row({event, at, isOpen, onToggle}: {event: EventInfo; at: Date; isOpen: boolean; onToggle: ListProps["onToggle"]}) {
  const values: Array<[string, string | undefined]> = [
    ["resource.name", event.resource?.name],
    ["project_id", event.project_id],
    // An id says nothing to a reader, and takes the place of the others.
    ["webhook_id", nameOf("webhook_id", event.webhook_id) === event.webhook_id ? undefined : event.webhook_id],
  ];
  const open = () => change({event: isOpen ? null : event.event_id});
  return (
    <li class={`row ${tone(event.event_type === "RECOVERY" ? "RECOVERY" : event.severity)} ${isOpen ? "open" : ""}`} onClick={(click) => isOnRow(click) && open()}>
      <time dateTime={event.created_at} title={showFull(at)}>{showTime(at)}</time>
      <span class="row-kind"><Kind type={event.event_type} severity={event.severity} /></span>
      <button type="button" class="row-title" data-event={event.event_id} aria-expanded={isOpen} onClick={open}>
        {event.title || "(no title)"}
      </button>
      <span class="row-values">
        {values.map(([field, value]) => (value ? (
          <button
            key={field}
            type="button"
            class={`value ${field === "resource.name" ? "" : "wide-only"}`}
            title={`${NAMES[field]}: ${value}. Click to show only these, with Alt to exclude them.`}
            onClick={(click) => onToggle(click.altKey ? "not" : "is", field, value)}
          >
            {nameOf(field, value)}
          </button>
        ) : <span key={field} class={field === "resource.name" ? "" : "wide-only"} />))}
      </span>
    </li>
  );
}
