/** The address's fragment: a view, an id, and parameters. All state that a link should carry is there. */
import {computed, signal} from "@preact/signals";
import {adopt} from "./session";

export interface Route {
  view: string;
  id: string;
  params: URLSearchParams;
}

function parse(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [view = "", id = ""] = path.split("/");
  return {view: view || "events", id: decode(id), params: new URLSearchParams(search)};
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  // A link that is signed in may be opened in a tab that is open already.
  adopt();
  hash.value = location.hash;
});

export const route = computed(() => parse(hash.value));

export function href(view: string, id = "", params?: URLSearchParams): string {
  const search = params?.toString();
  return `#/${view}${id && `/${encodeURIComponent(id)}`}${search ? `?${search}` : ""}`;
}

/** Go to an address; `replace` keeps the step out of the history. */
export function go(to: string, replace = false): void {
  if (to === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  hash.value = to;
}

/** Change parameters of the current address: null removes one, a list repeats it. */
export function change(changes: Record<string, string | string[] | null>, replace = false): void {
  const {view, id, params} = route.value;
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const one of value === null ? [] : [value].flat()) next.append(name, one);
  }
  go(href(view, id, next), replace);
}
