/** The token of the tab: from the address's fragment or the form, kept for as long as the tab is open. */
import {signal} from "@preact/signals";

const KEY = "event-console-token";

function fromAddress(): string | null {
  const match = /^#token=([\w.~+/=-]+)(?:&to=(.*))?$/.exec(location.hash);
  if (!match) return null;
  // Neither the history nor a bookmark may keep the token.
  history.replaceState(null, "", location.pathname + location.search + (match[2] ? `#${decodeURIComponent(match[2])}` : ""));
  return match[1] ?? null;
}

export const session = signal<string | null>(sessionStorage.getItem(KEY));
/** Why the session ended, for the form. */
export const ended = signal("");

/** Sign in with the token of the address, if it has one. */
export function adopt(): void {
  const given = fromAddress();
  if (given !== null) signIn(given);
}

adopt();

export function signIn(token: string): void {
  sessionStorage.setItem(KEY, token);
  ended.value = "";
  session.value = token;
}

export function signOut(reason = ""): void {
  sessionStorage.removeItem(KEY);
  ended.value = reason;
  session.value = null;
}
