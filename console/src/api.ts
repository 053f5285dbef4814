/** The API as the console calls it: one function for requests, errors of one shape, and retries where they are safe. */
import {session, signOut} from "./session";

export type Json = null | boolean | number | string | Json[] | {[key: string]: Json};
export type JsonObject = {[key: string]: Json};

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

const SECONDS = 35;
const TRIES = 3;
const BASE = "monitoring/v1/";

export interface Options {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: Json;
  /** A body that is sent as it is, with the headers of its sender. */
  content?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Whether a failed try may be repeated; true for requests that change nothing. */
  repeat?: boolean;
}

/** Ask the API. Raises ApiError, or the signal's AbortError. An expired or refused token ends the session. */
export async function ask<T>(path: string, options: Options = {}): Promise<T> {
  const {method = options.body === undefined ? "GET" : "POST", signal} = options;
  const tries = (options.repeat ?? method === "GET") ? TRIES : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await once<T>(path, method, options);
    } catch (error) {
      const passing = error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
      if (!passing || attempt >= tries || signal?.aborted) throw error;
      await pause(300 * 3 ** attempt * (0.5 + Math.random() / 2), signal);
    }
  }
}

/** Ask for something that changes nothing, by POST. */
export function query<T>(path: string, body: Json, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, {method: "POST", body, repeat: true, ...(signal ? {signal} : {})});
}

async function once<T>(path: string, method: string, {body: json, content, headers, signal}: Options): Promise<T> {
  const token = session.value;
  const body = content ?? (json === undefined ? undefined : JSON.stringify(json));
  const timeout = AbortSignal.timeout(SECONDS * 1000);
  let response: Response;
  let text: string;
  try {
    response = await fetch(BASE + path, {
      method,
      headers: {
        ...(body === undefined ? {} : {"content-type": "application/json"}),
        ...headers,
        accept: "application/json",
        authorization: `Bearer ${token ?? ""}`,
      },
      ...(body === undefined ? {} : {body}),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      cache: "no-store",
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "UNREACHABLE", timeout.aborted ? `The API did not answer within ${SECONDS} seconds.` : "The API cannot be reached.");
  }
  const answer = parsed(text);
  if (response.ok) return answer as T;
  const error = refusal(response.status, answer);
  // API Gateway refuses a token that is missing, wrong, expired or revoked; our own 403 has a code, and means this request only.
  if (error.code === "TOKEN" && token === session.value) signOut(token === null ? "" : "The token is not valid, or it has expired.");
  throw error;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function refusal(status: number, answer: Json): ApiError {
  if (isObject(answer)) {
    const detail = answer.detail;
    if (isObject(detail)) return new ApiError(status, String(detail.code), String(detail.message));
    if (status === 401 || status === 403) return new ApiError(status, "TOKEN", "The token is not valid, or it has expired.");
    if (typeof answer.message === "string") return new ApiError(status, "GATEWAY", `${answer.message} (${status})`);
  }
  return new ApiError(status, "GATEWAY", `The API answered ${status}.`);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, {once: true});
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
