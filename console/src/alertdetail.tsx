/** One alert: its fields, its course, and what can be done with it. */
import type {ComponentChildren} from "preact";
import {useEffect, useRef} from "preact/hooks";
import {can} from "./access";
import {TITLES, actionsFor, type Action} from "./alertactions";
import {getAlert, historyOf, type AlertInfo, type Entry} from "./alerts";
import {isObject} from "./api";
import {near} from "./events";
import {useEvery, useLoad} from "./load";
import {nameOf} from "./names";
import {href} from "./route";
import {HOUR, showMinute} from "./time";
import {Badge, CopyButton, Failure, Moment, Waiting, label} from "./ui";

const POLL_SECONDS = 5;

interface Props {
  id: string;
  /** Changes with each change that this page makes. */
  turn: string;
  onAction: (action: Action, alert: AlertInfo) => void;
  onClose?: () => void;
}

export function AlertDetail({id, turn, onAction, onClose}: Props) {
  const {data: alert, error, loading, reload} = useLoad((signal) => getAlert(id, signal), `${id} ${turn}`);
  const course = useLoad((signal) => historyOf(id, signal), `${id} ${turn}`);
  useEvery(POLL_SECONDS, () => {
    reload();
    course.reload();
  });
  const heading = useRef<HTMLHeadingElement>(null);
  const isThere = alert !== null;
  const reported = course.data?.results.find(({event_id}) => event_id !== undefined)?.event_id;
  useEffect(() => {
    // On a narrow screen it covers the list; beside it, j and k go on in the list.
    if (isThere && onClose && !matchMedia("(min-width: 60rem)").matches) heading.current?.focus();
  }, [isThere]);
  return (
    <aside class="detail" aria-label="Alert">
      <header>
        <h2 ref={heading} tabIndex={-1}>{alert ? alert.title || "(no title)" : "Alert"}</h2>
        {onClose && <button type="button" class="quiet" aria-label="Close" onClick={onClose}>✕</button>}
      </header>
      {loading && !alert && <Waiting what="the alert" />}
      {error !== null && <Failure error={error} retry={reload} />}
      {alert && (
        <>
          <p class="detail-kind">
            <Badge value={alert.severity} /> <Badge value={alert.state} />
            {alert.is_snoozed && <span class="badge tone-snoozed">Snoozed until {showMinute(Date.parse(alert.snoozed_end_time ?? ""))}</span>}
            {alert.alert_number !== undefined && <span>#{alert.alert_number}</span>}
          </p>
          <p class="actions">
            {can("alert.change") && (Object.keys(TITLES) as Action[]).filter((action) => action !== "merge").map((action) => (
              <button key={action} type="button" disabled={!actionsFor([alert]).includes(action)} onClick={() => onAction(action, alert)}>{TITLES[action].title}</button>
            ))}
            <CopyButton text={() => new URL(href("alert", id), location.href).href}>Copy link</CopyButton>
          </p>
          {alert.state === "ERROR" && (
            <section class="reason">
              <h3>A delivery could not be read</h3>
              <p>The alert ends as soon as a replay reads it. {reported && <a href={href("event", reported)}>See why, and try another format</a>}</p>
            </section>
          )}
          {alert.status_message && <section><h3>Note</h3><p class="text">{alert.status_message}</p></section>}
          {alert.description && <section><h3>Description</h3><p class="text">{alert.description}</p></section>}
          <section>
            <h3>Course</h3>
            {course.error !== null && <Failure error={course.error} retry={course.reload} />}
            {course.data && (
              <ol class="course">
                {course.data.results.map((entry, index) => <CourseEntry key={`${entry.at}${index}`} entry={entry} />)}
              </ol>
            )}
            {course.data?.is_complete === false && <p class="hint">With the newest 500 events.</p>}
            <p class="actions">
              <a class="button" href={near(alert.created_at, HOUR, {is: `alert_id:${id}`}, alert.resolved_at ?? new Date().toISOString())}>Its events over time</a>
              <a class="button" href={near(alert.created_at, HOUR)}>Everything around its beginning</a>
            </p>
          </section>
          <Fields alert={alert} />
        </>
      )}
    </aside>
  );
}

const ACTIONS: Record<string, string> = {
  EVENT: "Event", OPENED: "Opened", CREATED: "Opened by hand", MERGED: "Others merged to it", MERGED_TO: "Merged to another one", TRIGGERED: "Opened again",
};

function CourseEntry({entry}: {entry: Entry}) {
  const details = entry.details ?? {};
  const severity = typeof details.severity === "string" ? details.severity : "";
  const by = entry.actor_name ?? entry.actor_id;
  const isEvent = entry.event_id !== undefined;
  const tones: Record<string, string> = {ACKNOWLEDGED: "tone-acknowledged", RESOLVED: "tone-resolved", SNOOZED: "tone-snoozed"};
  return (
    <li class={tones[entry.action] ?? (severity ? `tone-${severity.toLowerCase().replace("_", "-")}` : "")}>
      <time dateTime={entry.at}>{showMinute(Date.parse(entry.at))}</time>
      <span>
        <b>{ACTIONS[entry.action] ?? label(entry.action)}</b>
        {by && ` by ${by}`}
        {isEvent && <>: <a href={href("event", entry.event_id!)}>{String(details.title ?? "an event")}</a></>}
      </span>
      {severity && <Badge value={details.event_type === "RECOVERY" ? "RECOVERY" : severity} />}
      {!isEvent && Object.keys(details).length > 0 && <span class="text hint">{Object.entries(details).map(([name, value]) => `${name.replaceAll("_", " ")}: ${isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value ?? "removed")}`).join("\n")}</span>}
    </li>
  );
}

function Fields({alert}: {alert: AlertInfo}) {
  const fields: Array<[string, ComponentChildren]> = [
    ["Assignee", alert.assignee],
    ["Urgency", alert.urgency && label(alert.urgency)],
    ["Resource", alert.resource?.name],
    ["Resource id", alert.resource?.resource_id],
    ["Rule", alert.rule],
    ["Provider", alert.provider],
    ["Account", alert.account],
    ["Project", alert.project_id],
    ["Webhook", alert.webhook_id && (can("webhook.read") ? <a href={href("webhook", alert.webhook_id)}>{nameOf("webhook_id", alert.webhook_id)}</a> : alert.webhook_id)],
    ["Opened", <Moment at={alert.created_at} />],
    ["Acknowledged", alert.acknowledged_at && <><Moment at={alert.acknowledged_at} />{alert.acknowledged_by && ` by ${alert.acknowledged_by}`}</>],
    ["Resolved", alert.resolved_at && <><Moment at={alert.resolved_at} />{alert.resolved_by && ` by ${alert.resolved_by}`}</>],
    ["Event key", alert.event_key],
    ["Merged to", alert.merged_to && <a href={href("alert", alert.merged_to)}>{alert.merged_to}</a>],
    ["Merged to it", alert.merged_alerts && alert.merged_alerts.length > 0 && alert.merged_alerts.map((id) => <a key={id} href={href("alert", id)}>{id}</a>)],
    ["Alert id", <code>{alert.alert_id}</code>],
  ];
  return (
    <section>
      <h3>Fields</h3>
      <dl class="fields">
        {fields.map(([name, value]) => value && <Pair key={name} name={name}>{value}</Pair>)}
      </dl>
    </section>
  );
}

function Pair({name, children}: {name: string; children: ComponentChildren}) {
  return <><dt>{name}</dt><dd><span class="field-value">{children}</span></dd></>;
}
