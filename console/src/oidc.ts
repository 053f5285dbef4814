/** Signing in at an OpenID Connect issuer: the authorization code flow with PKCE (RFC 7636). */
import {ended, signIn} from "./session";

const KEY = "event-console-sign-in";

interface Started {
  state: string;
  verifier: string;
  endpoint: string;
  hash: string;
}

const named = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
const issuer = named("oidc-issuer");
const client = named("oidc-client");
const redirect = location.origin + location.pathname;

export const hasIssuer = issuer !== "";

/** Leave for the issuer's page; it comes back with a code. Raises Error if the issuer does not answer. */
export async function leave(): Promise<void> {
  const found = await json<{authorization_endpoint: string; token_endpoint: string}>(fetch(`${issuer}/.well-known/openid-configuration`));
  const started: Started = {state: random(), verifier: random(), endpoint: found.token_endpoint, hash: location.hash};
  sessionStorage.setItem(KEY, JSON.stringify(started));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(started.verifier));
  const to = new URL(found.authorization_endpoint);
  const asked = {
    response_type: "code",
    client_id: client,
    redirect_uri: redirect,
    scope: "openid profile email",
    state: started.state,
    code_challenge: text(new Uint8Array(digest)),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(asked)) to.searchParams.set(name, value);
  if (to.protocol !== "https:" && to.hostname !== "localhost") throw new Error("The issuer's page is not secure.");
  location.assign(to);
}

/** Exchange the code that the issuer's page came back with, if it did, for a token. */
export async function comeBack(): Promise<void> {
  const given = new URLSearchParams(location.search);
  const stored = sessionStorage.getItem(KEY);
  if (!hasIssuer || stored === null || !given.has("state")) return;
  sessionStorage.removeItem(KEY);
  const started = JSON.parse(stored) as Started;
  history.replaceState(null, "", redirect + started.hash);
  const code = given.get("code");
  if (given.get("state") !== started.state || code === null) {
    ended.value = given.get("error_description") ?? "The issuer did not sign you in.";
    return;
  }
  const body = new URLSearchParams({grant_type: "authorization_code", code, redirect_uri: redirect, client_id: client, code_verifier: started.verifier});
  try {
    const answer = await json<{id_token?: string}>(fetch(started.endpoint, {method: "POST", body}));
    if (!answer.id_token) throw new Error("The issuer gave no ID token.");
    signIn(answer.id_token);
  } catch (error) {
    ended.value = error instanceof Error ? error.message : String(error);
  }
}

async function json<T>(asked: Promise<Response>): Promise<T> {
  let response: Response;
  try {
    response = await asked;
  } catch {
    throw new Error("The issuer cannot be reached.");
  }
  if (!response.ok) throw new Error(`The issuer answered ${response.status}.`);
  return (await response.json()) as T;
}

function random(): string {
  return text(crypto.getRandomValues(new Uint8Array(32)));
}

/** Base64 for URLs (RFC 4648), without padding. */
function text(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
