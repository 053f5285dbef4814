/** The frame around the views: sign-in, navigation, keyboard. */
import type {ComponentChildren} from "preact";
import {useEffect, useState} from "preact/hooks";
import {can, learn, me} from "./access";
import {messageOf} from "./api";
import {ActionDialog, asks, perform, type Action} from "./alertactions";
import {AlertDetail} from "./alertdetail";
import type {AlertInfo} from "./alerts";
import {AlertsView} from "./alertsview";
import {DeliveriesView} from "./delivery";
import {EventDetail} from "./eventdetail";
import {EventsView} from "./eventsview";
import {learnNames} from "./names";
import {NewWebhook} from "./newwebhook";
import {hasIssuer, leave} from "./oidc";
import {href, route} from "./route";
import {ended, session, signIn, signOut} from "./session";
import {AuditView, TokensView} from "./tokensview";
import {Dialog, Empty, Messages, Waiting} from "./ui";
import {WebhookPage, WebhooksView} from "./webhooksview";

interface View {
  name: string;
  title: string;
  permission?: string;
  show: () => ComponentChildren;
}

const VIEWS: View[] = [
  {name: "events", title: "Events", show: () => <EventsView />},
  {name: "alerts", title: "Alerts", permission: "alert.list", show: () => <AlertsView />},
  {name: "webhooks", title: "Webhooks", permission: "webhook.read", show: () => <WebhooksView />},
  {name: "deliveries", title: "Deliveries", permission: "delivery.read", show: () => <DeliveriesView />},
  {name: "tokens", title: "Tokens", permission: "token.read", show: () => <TokensView />},
  {name: "audit", title: "Audit", permission: "audit.read", show: () => <AuditView />},
];
/** Pages within a view: they have no entry in the navigation. */
const PAGES: Array<View & {within: string}> = [
  {name: "event", within: "events", title: "Event", show: () => <EventPage id={route.value.id} />},
  {name: "alert", within: "alerts", title: "Alert", permission: "alert.get", show: () => <AlertPage key={route.value.id} id={route.value.id} />},
  {name: "webhook", within: "webhooks", title: "Webhook", permission: "webhook.read", show: () => <WebhookPage key={route.value.id} id={route.value.id} />},
  {name: "webhook-new", within: "webhooks", title: "New webhook", permission: "webhook.manage", show: () => <NewWebhook />},
];

export function App() {
  return (
    <>
      {session.value === null ? <SignIn /> : <Frame />}
      <Messages />
    </>
  );
}

function EventPage({id}: {id: string}) {
  return (
    <div class="page">
      <p><a href={href("events")}>All events</a></p>
      <EventDetail key={id} id={id} />
    </div>
  );
}

function AlertPage({id}: {id: string}) {
  const [turn, setTurn] = useState(0);
  const [asked, setAsked] = useState<{action: Action; alert: AlertInfo} | null>(null);
  const changed = () => setTurn((before) => before + 1);
  return (
    <div class="page">
      <p><a href={href("alerts")}>All alerts</a></p>
      <AlertDetail
        id={id}
        turn={`${turn}`}
        onAction={(action, alert) => {
          if (asks(action)) setAsked({action, alert});
          else void perform([alert], action).then(changed);
        }}
      />
      {asked && <ActionDialog alerts={[asked.alert]} action={asked.action} onDone={changed} onClose={() => setAsked(null)} />}
    </div>
  );
}

function Frame() {
  const [help, setHelp] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    void learn(controller.signal).then(() => learnNames(controller.signal));
    return () => controller.abort();
  }, [session.value]);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, dialog")) return;
      if (event.key === "?") setHelp(true);
      else if (event.key === "/") document.querySelector<HTMLElement>("[data-search]")?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
  const shown = VIEWS.filter(({permission}) => permission === undefined || can(permission));
  const page = PAGES.find(({name}) => name === route.value.view);
  const current = page ?? VIEWS.find(({name}) => name === route.value.view);
  useEffect(() => {
    document.title = `${current?.title ?? "Not found"} – Event console`;
  }, [current]);
  return (
    <>
      <header class="top">
        <a class="skip" href="#main" onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>("main")?.focus();
        }}>Skip to the content</a>
        <nav aria-label="Views">
          {shown.map(({name, title}) => (
            <a key={name} href={href(name)} aria-current={(page?.within ?? current?.name) === name ? "page" : undefined}>{title}</a>
          ))}
        </nav>
        <div class="who">
          {me.value?.domain_id && <span class="who-name" title={me.value.domain_id}>{me.value.actor_name ?? me.value.domain_id}</span>}
          <button type="button" class="quiet" aria-keyshortcuts="?" onClick={() => setHelp(true)}>Shortcuts</button>
          <button type="button" class="quiet" onClick={() => signOut()}>Sign out</button>
        </div>
      </header>
      <main tabIndex={-1}>{shownView(current)}</main>
      {help && <Help onClose={() => setHelp(false)} />}
    </>
  );
}

function shownView(view: View | undefined): ComponentChildren {
  if (!view) return <NotFound />;
  if (view.permission === undefined || can(view.permission)) return view.show();
  if (me.value === null) return <Waiting what="the page" />;
  return <Empty title="This token may not see this"><p><a href={href("events")}>Go to the events</a></p></Empty>;
}

function NotFound() {
  return <div class="page"><h1>There is no such page</h1><p><a href={href("events")}>Go to the events</a></p></div>;
}

function SignIn() {
  const [token, setToken] = useState("");
  return (
    <main class="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signIn(token.trim());
        }}
      >
        <h1>Event console</h1>
        {ended.value && <p class="failure" role="alert">{ended.value}</p>}
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          autofocus
          required
          pattern="\s*[\w.~+\/=\-]+\s*"
          title="a token, as eventctl token create prints it"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <p class="hint">It is kept until this tab is closed, and nowhere else. An operator makes one with <code>eventctl token create</code>.</p>
        <button type="submit" class="primary">Sign in</button>
        {hasIssuer && (
          <button type="button" onClick={() => leave().catch((error: unknown) => { ended.value = messageOf(error); })}>
            Sign in with your organization
          </button>
        )}
      </form>
    </main>
  );
}

const KEYS: Array<[string, string]> = [
  ["/", "search"],
  ["?", "this page"],
  ["Esc", "close what is open"],
  ["j k", "alerts: the next, the one before"],
  ["x", "alerts: choose, or choose no more"],
  ["a r i", "alerts: acknowledge, resolve, assign"],
  ["s n m", "alerts: snooze, note, merge"],
  ["← →", "in the histogram: move; with Shift select, Enter zooms in"],
];

function Help({onClose}: {onClose: () => void}) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([key, meaning]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{meaning}</dd></div>)}
      </dl>
    </Dialog>
  );
}
