/** One event: every field, what the sender sent, and the course of its alert. */
import type {ComponentChildren} from "preact";
import {useEffect, useRef} from "preact/hooks";
import {ask, isObject, type Json} from "./api";
import {can} from "./access";
import {NAMES, courseOf, near, type EventInfo} from "./events";
import {DeliveryOf, deliveryId, isReport, tryingHref} from "./delivery";
import {useLoad} from "./load";
import {nameOf} from "./names";
import {href} from "./route";
import {DAY, HOUR, showMinute} from "./time";
import {Tree} from "./tree";
import {CopyButton, Failure, Kind, Moment, Waiting, tone} from "./ui";

type OnFilter = (kind: "is" | "not", field: string, value: string) => void;

const FILTERED = [
  "severity", "event_type", "event_key", "rule", "resource.name", "resource.resource_id", "resource.resource_type", "provider", "account",
  "project_id", "webhook_id", "alert_id",
];

export function EventDetail({id, onFilter, onClose}: {id: string; onFilter?: OnFilter; onClose?: () => void}) {
  const {data: event, error, loading, reload} = useLoad((signal) => ask<EventInfo>(`event/${encodeURIComponent(id)}`, {signal}), id);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (event && onClose) heading.current?.focus({preventScroll: matchMedia("(min-width: 60rem)").matches});
  }, [event]);
  return (
    <aside
      class="detail"
      aria-label="Event"
      onKeyDown={(key) => {
        if (key.key === "Escape" && onClose && !(key.target instanceof HTMLInputElement)) onClose();
      }}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>{event ? event.title || "(no title)" : "Event"}</h2>
        {onClose && <button type="button" class="quiet" aria-label="Close" onClick={onClose}>✕</button>}
      </header>
      {loading && !event && <Waiting what="the event" />}
      {error !== null && <Failure error={error} retry={reload} />}
      {event && <Content event={event} {...(onFilter ? {onFilter} : {})} />}
    </aside>
  );
}

function Content({event, onFilter}: {event: EventInfo; onFilter?: OnFilter}) {
  const json = () => JSON.stringify(event, null, 2);
  const isError = event.event_type === "ERROR";
  // An alarm whose format failed is made of its legible part.
  const partly = isReport(event.event_id) ? event.additional_info?.unread_because : undefined;
  return (
    <>
      <p class="detail-kind">
        <Kind type={event.event_type} severity={event.severity} />
        <Moment at={event.created_at} />
      </p>
      <p class="actions">
        {event.resource?.name && <a class="button" href={near(event.created_at, DAY, {...about(event, event.resource.name), event: event.event_id}, dayAfter(event))}>Events of this resource</a>}
        <a class="button" href={near(event.created_at, HOUR, {event: event.event_id})}>Everything around this time</a>
      </p>
      <p class="actions">
        <CopyButton text={json}>Copy as JSON</CopyButton>
        <CopyButton text={() => curl(event.event_id)}>Copy as curl</CopyButton>
        <CopyButton text={() => new URL(href("event", event.event_id), location.href).href}>Copy link</CopyButton>
      </p>
      {(isError || partly !== undefined) && (
        <section class="reason">
          <h3>{isError ? "Why it could not be read" : "Why it was read only in part"}</h3>
          <p>{(isError ? event.description : String(partly)) || "No reason was recorded."}</p>
          {can("webhook.read") && <p><a href={tryingHref(event.webhook_id, deliveryId(event.event_id))}>Try the body with another format</a></p>}
        </section>
      )}
      {!isError && event.description && <section><h3>Description</h3><p class="text">{event.description}</p></section>}
      <section>
        <h3>Fields</h3>
        <dl class="fields">
          {FILTERED.map((field) => {
            const value = at(event, field);
            return value ? <Field key={field} field={field} value={value} event={event} {...(onFilter ? {onFilter} : {})} /> : null;
          })}
          <dt>Occurred</dt><dd><Moment at={event.occurred_at} />{!event.occurred_at && <span class="hint">the sender gave no time</span>}</dd>
          <dt>Stored</dt><dd><Moment at={event.created_at} /></dd>
          {event.image_url && <><dt>Image</dt><dd><Link url={event.image_url} /></dd></>}
          <dt>Event id</dt><dd><code>{event.event_id}</code></dd>
        </dl>
      </section>
      {event.additional_info && Object.keys(event.additional_info).length > 0 && (
        <section>
          <h3>What else the sender said</h3>
          <dl class="fields">
            {Object.entries(event.additional_info).map(([key, value]) => <Info key={key} name={key} value={value} />)}
          </dl>
        </section>
      )}
      {event.alert_id && <Course alertId={event.alert_id} eventId={event.event_id} />}
      <DeliveryOf event={event} />
      {event.raw_data !== undefined && event.raw_data !== null && (
        <section><h3>Raw data</h3><Tree name="the raw data" value={event.raw_data} /></section>
      )}
      {event.omitted && <p class="hint">Left out, because the event is larger than an answer: {event.omitted.join(", ")}</p>}
    </>
  );
}

function at(event: EventInfo, path: string): string {
  let value: unknown = event;
  for (const part of path.split(".")) value = isObject(value) ? value[part] : undefined;
  return typeof value === "string" ? value : "";
}

function Field({field, value, event, onFilter}: {field: string; value: string; event: EventInfo; onFilter?: OnFilter}) {
  const named = nameOf(field, value);
  const name = NAMES[field] ?? field;
  let shown: ComponentChildren = named === value ? value : <>{named} <code>{value}</code></>;
  if (field === "alert_id" && can("alert.get")) shown = <a href={href("alert", value)}>{value}</a>;
  if (field === "webhook_id" && can("webhook.read")) shown = <a href={href("webhook", event.webhook_id)}>{named}</a>;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <span class="field-value">{shown}</span>
        {onFilter && (
          <span class="field-tools">
            <button type="button" class="quiet" aria-label={`only this ${name.toLowerCase()}`} title="Only these" onClick={() => onFilter("is", field, value)}>only</button>
            <button type="button" class="quiet" aria-label={`not this ${name.toLowerCase()}`} title="Exclude" onClick={() => onFilter("not", field, value)}>not</button>
          </span>
        )}
      </dd>
    </>
  );
}

function Info({name, value}: {name: string; value: Json}) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return <><dt>{name}</dt><dd class="text">{/^https?:\/\//.test(text) ? <Link url={text} /> : text}</dd></>;
}

/** A sender's link: only http and https lead anywhere, and nothing is told to where it leads. */
export function Link({url}: {url: string}) {
  return /^https?:\/\/[^\s]+$/i.test(url) ? <a href={url} target="_blank" rel="noopener noreferrer nofollow">{url}</a> : <>{url}</>;
}

function Course({alertId, eventId}: {alertId: string; eventId: string}) {
  const {data, error} = useLoad((signal) => courseOf(alertId, signal), alertId);
  return (
    <section>
      <h3>Course of its alert</h3>
      {error !== null && <Failure error={error} />}
      {data && (
        <>
          {data.next_token && <p class="hint">The latest {data.results.length} events.</p>}
          <ol class="course">
            {[...data.results].reverse().map((event) => (
              <li key={event.event_id} class={tone(event.event_type === "RECOVERY" ? "RECOVERY" : event.severity)}>
                <time dateTime={event.created_at}>{showMinute(Date.parse(event.created_at))}</time>
                {event.event_id === eventId
                  ? <b aria-current="true">{event.title || "(no title)"}</b>
                  : <a href={href("event", event.event_id)}>{event.title || "(no title)"}</a>}
                <span class="row-kind"><Kind type={event.event_type} severity={event.severity} /></span>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function dayAfter(event: EventInfo): string {
  return new Date(Math.min(Date.parse(event.created_at) + DAY, Date.now())).toISOString();
}

/** Which events are about a resource: those whose title names its host, if that is the custom of its sender, for it may have several ports. */
function about(event: EventInfo, resource: string): Record<string, string> {
  const host = resource.replace(/:\d+$/, "");
  return event.title?.includes(host) && host !== event.title ? {q: host} : {is: `resource.name:${resource}`};
}

/** The command that gets the event; the token stays out of it. */
function curl(id: string): string {
  return `curl "${new URL(`monitoring/v1/event/${id}`, location.origin + location.pathname).href}" -H "Authorization: Bearer $TOKEN"`;
}
