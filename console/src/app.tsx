/** The frame around the views: sign-in, navigation, keyboard. */
import type {ComponentChildren} from "preact";
import {useEffect, useState} from "preact/hooks";
import {can, learn, me} from "./access";
import {EventDetail} from "./eventdetail";
import {EventsView} from "./eventsview";
import {href, route} from "./route";
import {ended, session, signIn, signOut} from "./session";
import {Dialog, Messages} from "./ui";

interface View {
  name: string;
  title: string;
  permission?: string;
  show: () => ComponentChildren;
}

const VIEWS: View[] = [
  {name: "events", title: "Events", show: () => <EventsView />},
];
const PAGES: View[] = [
  {name: "event", title: "Event", show: () => <EventPage id={route.value.id} />},
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

function Frame() {
  const [help, setHelp] = useState(false);
  useEffect(() => {
    void learn();
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
  const current = [...VIEWS, ...PAGES].find(({name}) => name === route.value.view);
  useEffect(() => {
    document.title = `${current?.title ?? "Not found"} – Event console`;
  }, [current]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        document.querySelector<HTMLElement>("main")?.focus();
      }}>Skip to the content</a>
      <header class="top">
        <nav aria-label="Views">
          {shown.map(({name, title}) => (
            <a key={name} href={href(name)} aria-current={current?.name === name ? "page" : undefined}>{title}</a>
          ))}
        </nav>
        <div class="who">
          {me.value?.domain_id && <span class="wide-only">{me.value.name ?? ""} {me.value.domain_id}</span>}
          <button type="button" class="quiet" aria-label="Keyboard shortcuts" title="Keyboard shortcuts" onClick={() => setHelp(true)}>?</button>
          <button type="button" class="quiet" onClick={() => signOut()}>Sign out</button>
        </div>
      </header>
      <main tabIndex={-1}>{current ? current.show() : <NotFound />}</main>
      {help && <Help onClose={() => setHelp(false)} />}
    </>
  );
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
      </form>
    </main>
  );
}

const KEYS: Array<[string, string]> = [
  ["/", "search"],
  ["?", "this page"],
  ["Esc", "close what is open"],
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
