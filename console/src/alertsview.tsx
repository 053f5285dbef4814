/** Alerts: open ones first, by severity and age; changed one by one or several at once. */
import {useEffect, useRef, useState} from "preact/hooks";
import {can} from "./access";
import {ActionDialog, TITLES, actionsFor, asks, perform, type Action} from "./alertactions";
import {AlertDetail} from "./alertdetail";
import {openAlerts, resolvedAlerts, type AlertInfo} from "./alerts";
import {isAbort} from "./api";
import {useHeld} from "./held";
import {useEvery, useLoad} from "./load";
import {nameOf} from "./names";
import {change, href, route} from "./route";
import {Search} from "./search";
import {showMinute} from "./time";
import {Age, Badge, Empty, Failure, Waiting, isOnRow, tone} from "./ui";

const POLL_SECONDS = 5;
// How long after a change of the user's own it may take until the list has it.
const OWN_SECONDS = 15;
const UNREADABLE = "Deliveries that could not be read";
const GROUPS = {project_id: "project", resource: "resource", webhook_id: "webhook"} as const;
type Group = keyof typeof GROUPS;

export function AlertsView() {
  const {params} = route.value;
  const keyword = (params.get("q") ?? "").trim();
  const group = (params.get("group") ?? "") as Group | "";
  const opened = params.get("alert");
  const {data, error, loading, reload} = useLoad(async (signal) => ({keyword, ...(await openAlerts(keyword, signal))}), keyword);
  useEvery(POLL_SECONDS, reload);
  const [resolved, setResolved] = useState<AlertInfo[]>([]);
  const [current, setCurrent] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<{action: Action; alerts: AlertInfo[]} | null>(null);
  const list = useRef<HTMLElement>(null);
  const [, redraw] = useState(0);
  // Once the focus has moved on: until then it is nowhere.
  const looksAway = () => requestAnimationFrame(() => redraw((count) => count + 1));
  const changes = useRef(new Map<string, number>());
  const total = data?.total_count ?? data?.results.length ?? 0;
  const {alerts: open, arrived, gone, release} = useHeld(
    data && {key: data.keyword, alerts: data.results, isComplete: total <= data.results.length},
    () => chosen.size > 0 || isRead(list.current),
    (id) => Date.now() - (changes.current.get(id) ?? 0) < OWN_SECONDS * 1000,
  );
  useEffect(() => {
    if (arrived + gone.size === 0) return;
    const listen = () => {
      if (scrollY === 0) looksAway();
    };
    addEventListener("scroll", listen, {passive: true});
    return () => removeEventListener("scroll", listen);
  }, [arrived + gone.size > 0]);
  // They cannot be resolved by hand, and are less urgent than what was read.
  const unreadable = open.filter(({state}) => state === "ERROR");
  const readable = open.filter(({state}) => state !== "ERROR");
  const groups = [...grouped(readable, group), ...(unreadable.length > 0 ? [[UNREADABLE, unreadable] as [string, AlertInfo[]]] : [])];
  const ordered = [...groups.flatMap(([, alerts]) => alerts), ...resolved];
  const known = new Map(ordered.filter(({alert_id}) => !gone.has(alert_id)).map((alert) => [alert.alert_id, alert]));
  const selected = [...chosen].flatMap((id) => known.get(id) ?? []);
  const targets = selected.length > 0 ? selected : [known.get(opened ?? current ?? "")].flatMap((alert) => alert ?? []);
  const mayChange = can("alert.change");
  const [turn, setTurn] = useState(0);
  const changed = (alerts: AlertInfo[]) => {
    for (const {alert_id} of alerts) changes.current.set(alert_id, Date.now());
    setChosen(new Set());
    setTurn((before) => before + 1);
    reload();
  };
  const act = (action: Action) => {
    if (!mayChange || !actionsFor(targets).includes(action)) return;
    if (asks(action)) setDialog({action, alerts: targets});
    else void perform(targets, action).then(() => changed(targets));
  };
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
    setCurrent(id);
  };
  const choosable = open.map(({alert_id}) => alert_id).filter((id) => !gone.has(id));

  const keys = useRef<(event: KeyboardEvent) => void>(() => undefined);
  const at = ordered.findIndex(({alert_id}) => alert_id === current);
  // Where the current row was if it has left the list: the next one is there now.
  const place = useRef(0);
  if (at >= 0) place.current = at;
  keys.current = (event) => {
    const go = (index: number) => {
      const alert = ordered[Math.min(Math.max(index, 0), ordered.length - 1)];
      if (!alert) return;
      setCurrent(alert.alert_id);
      document.querySelector<HTMLElement>(`[data-alert="${CSS.escape(alert.alert_id)}"]`)?.focus();
      if (opened) change({alert: alert.alert_id}, true);
    };
    const action = (Object.keys(TITLES) as Action[]).find((name) => TITLES[name].key === event.key);
    if (event.key === "j") go(at >= 0 ? at + 1 : place.current);
    else if (event.key === "k") go(place.current - 1);
    else if (event.key === "x" && current) toggle(current);
    else if (event.key === "Escape" && chosen.size > 0) setChosen(new Set());
    else if (event.key === "Escape" && opened) change({alert: null});
    else if (action) act(action);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (!event.ctrlKey && !event.metaKey && !event.altKey && !target.closest("input:not([type=checkbox]), textarea, select, dialog")) keys.current(event);
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);

  const row = (alert: AlertInfo) => (
    <AlertRow
      key={alert.alert_id}
      alert={alert}
      group={group}
      isCurrent={alert.alert_id === current}
      isOpen={alert.alert_id === opened}
      isChosen={chosen.has(alert.alert_id)}
      isGone={gone.has(alert.alert_id)}
      {...(mayChange ? {onChoose: () => toggle(alert.alert_id)} : {})}
      onFocus={() => setCurrent(alert.alert_id)}
    />
  );
  return (
    <div class={`events alerts ${opened ? "with-detail" : ""}`}>
      <h1 class="unseen">Alerts</h1>
      <div class="bar-row">
        <Search value={keyword} what="alert" />
        <label class="inline">
          group by{" "}
          <select value={group} onChange={(event) => change({group: event.currentTarget.value || null}, true)}>
            <option value="">nothing</option>
            {Object.entries(GROUPS).map(([field, name]) => <option key={field} value={field}>{name}</option>)}
          </select>
        </label>
        <button type="button" aria-label="Refresh" title="Refresh" class={loading ? "busy" : ""} onClick={reload}>⟳</button>
      </div>
      {mayChange && (
        <div class={selected.length === 0 ? "act-row idle" : "act-row"} role="toolbar" aria-label="Changes">
          <span class="hint">{selected.length > 0 ? `${selected.length} chosen` : targets[0]?.title ?? "no alert chosen"}</span>
          {(Object.keys(TITLES) as Action[]).filter((action) => action !== "reopen" || actionsFor(targets).includes(action)).map((action) => (
            <button key={action} type="button" disabled={!actionsFor(targets).includes(action)} aria-keyshortcuts={TITLES[action].key} onClick={() => act(action)}>
              {TITLES[action].title} <kbd class="wide-only">{TITLES[action].key}</kbd>
            </button>
          ))}
          {selected.length > 0 && <button type="button" class="quiet" onClick={() => setChosen(new Set())}>Choose none</button>}
        </div>
      )}
      <section class="list" aria-label="Open alerts" ref={list} onMouseLeave={looksAway} onFocusOut={looksAway}>
        <div class="news" role="status">
          {arrived + gone.size > 0 && (
            <button type="button" class="primary" onClick={() => {
              release();
              scrollTo({top: 0});
            }}>
              {[arrived > 0 && `${arrived} new`, gone.size > 0 && `${gone.size} no longer open`].filter(Boolean).join(", ")}: show
            </button>
          )}
          {data && error !== null && <Failure error={error} retry={reload} />}
        </div>
        <div class="list-head">
          <h2>{data ? `${total.toLocaleString("en")} open${keyword ? " with these words" : ""}` : "Open"}</h2>
          {mayChange && choosable.some((id) => !chosen.has(id)) && <button type="button" class="quiet small" onClick={() => setChosen(new Set(choosable))}>Choose all</button>}
        </div>
        {ordered.length > 0 && (
          <div class="alert-head" aria-hidden="true">
            {mayChange && <span class="tick" />}<span>Severity</span><span>Alert</span><span>State</span><span class="alert-who">Assigned to</span><span class="alert-age">Opened</span>
          </div>
        )}
        {!data && error !== null && <Failure error={error} retry={reload} />}
        {!data && error === null && <Waiting what="alerts" />}
        {data && open.length === 0 && <Empty title={keyword ? "No open alert has these words" : "Nothing is open"} />}
        {groups.map(([name, alerts]) => (
          <section key={name} aria-label={name || "Alerts"}>
            {name && <h3 class="group">{name} <span class="hint">{alerts.length}</span></h3>}
            {name === UNREADABLE && can("delivery.read") && <p class="hint group-hint">Each ends as soon as a replay reads its delivery: <a href={href("deliveries")}>deliveries that need a look</a>.</p>}
            <ol class="rows">{alerts.map(row)}</ol>
          </section>
        ))}
        {data && total > data.results.length && <p class="hint end">The first {data.results.length.toLocaleString("en")} are shown. Search to find the others.</p>}
        <Resolved key={`${keyword} ${turn}`} keyword={keyword} row={row} onLoad={setResolved} />
      </section>
      {opened && (
        <AlertDetail
          key={opened}
          id={opened}
          turn={`${turn}`}
          onAction={(action, alert) => {
            if (asks(action)) setDialog({action, alerts: [alert]});
            else void perform([alert], action).then(() => changed([alert]));
          }}
          onClose={() => {
            change({alert: null});
            document.querySelector<HTMLElement>(`[data-alert="${CSS.escape(opened)}"]`)?.focus();
          }}
        />
      )}
      {dialog && <ActionDialog alerts={dialog.alerts} action={dialog.action} onDone={() => changed(dialog.alerts)} onClose={() => setDialog(null)} />}
    </div>
  );
}

/** Whether somebody may be reading the rows, or about to hit one: the pointer or the focus is there, or they are scrolled. */
function isRead(list: HTMLElement | null): boolean {
  if (!list) return false;
  // A finger has no place before it touches.
  return !matchMedia("(hover: hover)").matches || list.matches(":hover") || list.contains(document.activeElement) || scrollY > 0;
}

function grouped(alerts: AlertInfo[], group: Group | ""): Array<[string, AlertInfo[]]> {
  if (!group) return alerts.length > 0 ? [["", alerts]] : [];
  const groups = new Map<string, AlertInfo[]>();
  for (const alert of alerts) {
    const value = group === "resource" ? alert.resource?.name ?? alert.resource?.resource_id : alert[group];
    const name = value ? nameOf(group, value) : "(none)";
    groups.set(name, [...(groups.get(name) ?? []), alert]);
  }
  return [...groups];
}

interface RowProps {
  alert: AlertInfo;
  group: Group | "";
  isCurrent: boolean;
  isOpen: boolean;
  isChosen: boolean;
  isGone: boolean;
  onChoose?: () => void;
  onFocus: () => void;
}

function AlertRow({alert, group, isCurrent, isOpen, isChosen, isGone, onChoose, onFocus}: RowProps) {
  const isResolved = alert.state === "RESOLVED";
  const open = () => change({alert: isOpen ? null : alert.alert_id});
  return (
    <li class={`alert-row ${tone(isResolved ? "RESOLVED" : alert.severity)} ${isOpen ? "open" : ""} ${isCurrent ? "current" : ""} ${isGone ? "gone" : ""}`} onClick={(click) => isOnRow(click) && open()}>
      {onChoose && <input type="checkbox" checked={isChosen} disabled={isGone} aria-label={`Choose ${alert.title ?? alert.alert_id}`} onChange={onChoose} />}
      <Badge value={alert.severity} />
      <span class="alert-what">
        <button type="button" class="row-title" data-alert={alert.alert_id} aria-expanded={isOpen} onFocus={onFocus} onClick={open}>
          {alert.title || "(no title)"}
        </button>
        <span class="alert-where">
          {group !== "resource" && alert.resource?.name && <span>{alert.resource.name}</span>}
          {group !== "project_id" && <span>{alert.project_id}</span>}
          {group !== "webhook_id" && alert.webhook_id && <span>{nameOf("webhook_id", alert.webhook_id)}</span>}
          {alert.merged_alerts && alert.merged_alerts.length > 0 && <span>+ {alert.merged_alerts.length} merged</span>}
          {alert.status_message && <span class="note">“{alert.status_message}”</span>}
        </span>
      </span>
      <span class="alert-state">
        <State alert={alert} isGone={isGone} />
      </span>
      <span class="alert-who">{alert.assignee}</span>
      <span class="alert-age"><span class="unseen">opened </span><Age at={alert.created_at} /> ago</span>
    </li>
  );
}

function State({alert, isGone}: {alert: AlertInfo; isGone: boolean}) {
  if (isGone) return <span class="badge tone-none">No longer open</span>;
  if (alert.is_snoozed && alert.snoozed_end_time) return <span class="badge tone-snoozed">Snoozed until {showMinute(Date.parse(alert.snoozed_end_time))}</span>;
  if (alert.state === "ERROR") return <span class="badge tone-none">Unreadable</span>;
  if (alert.state === "RESOLVED" && alert.resolved_at) return <span class="badge tone-resolved">Resolved <Age at={alert.resolved_at} /> ago</span>;
  return <Badge value={alert.state} />;
}

function Resolved({keyword, row, onLoad}: {keyword: string; row: (alert: AlertInfo) => preact.JSX.Element; onLoad: (alerts: AlertInfo[]) => void}) {
  const isShown = route.value.params.has("resolved");
  const [alerts, setAlerts] = useState<AlertInfo[]>([]);
  const [token, setToken] = useState<string | null | undefined>(undefined);
  const [error, setError] = useState<unknown>(null);
  const controller = useRef(new AbortController());
  const more = async () => {
    try {
      const page = await resolvedAlerts(keyword, token ?? null, controller.current.signal);
      const all = [...alerts, ...page.results];
      setError(null);
      setAlerts(all);
      setToken(page.next_token ?? null);
      onLoad(all);
    } catch (failure) {
      if (!isAbort(failure)) setError(failure);
    }
  };
  useEffect(() => {
    if (isShown) void more();
    else onLoad([]);
  }, [isShown]);
  useEffect(() => () => controller.current.abort(), []);
  return (
    <section aria-label="Resolved alerts">
      <p class="list-head">
        <button type="button" class="quiet" aria-expanded={isShown} onClick={() => change({resolved: isShown ? null : "1"}, true)}>
          <span aria-hidden="true">{isShown ? "▾" : "▸"}</span> Resolved
        </button>
        {isShown && alerts.length > 0 && <span class="hint">{token ? `the newest ${alerts.length.toLocaleString("en")}` : alerts.length.toLocaleString("en")}</span>}
      </p>
      {isShown && (
        <>
          {error !== null && <Failure error={error} retry={() => void more()} />}
          {token === undefined && error === null && <Waiting what="resolved alerts" />}
          <ol class="rows">{alerts.map(row)}</ol>
          {token === null && alerts.length === 0 && <Empty title="No resolved alerts" />}
          {token && <p class="actions end"><button type="button" onClick={() => void more()}>More</button></p>}
        </>
      )}
    </section>
  );
}
