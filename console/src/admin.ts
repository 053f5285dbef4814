/** Webhooks, tokens, deliveries and audit records. */
import {ask, query, type Json, type JsonObject} from "./api";

export interface WebhookInfo {
  webhook_id: string;
  name?: string;
  state: string;
  plugin_info?: {
    plugin_id?: string;
    options?: {
      duplicate_event_time?: number;
      recovery_mode?: string;
      rate_limit?: number;
      mapping?: JsonObject;
      signing?: {scheme?: string; required?: boolean; secrets?: number};
    };
  };
  tags?: JsonObject;
  project_id: string;
  created_at: string;
  old_keys_until?: string[];
  access_key?: string;
  webhook_url?: string;
}

export interface TokenInfo {
  token_id: string;
  name?: string;
  state: string;
  role?: string;
  permissions?: string[];
  projects?: string[];
  created_at: string;
  expires_at?: string;
  /** The secret, in the answers of create and rotate only. */
  token?: string;
}

export interface DeliveryInfo {
  delivery_id: string;
  state: string;
  received_at?: string;
  created_at?: string;
  webhook_id: string;
  project_id: string;
  request_id?: string;
  bytes?: number;
  headers?: Record<string, string>;
  unread_because?: string;
  body?: string;
  body_encoding?: "text" | "base64";
  events?: Array<{event_id: string; title?: string; event_type?: string; severity?: string}>;
}

export interface AuditInfo {
  audit_id: string;
  action: string;
  target_id: string;
  actor_id?: string;
  actor_name?: string;
  details?: JsonObject;
  created_at: string;
}

export interface Tried {
  format?: string;
  events: JsonObject[];
  total_count: number;
}

export interface Page<T> {
  results: T[];
  next_token?: string;
}

function page<T>(path: string, request: JsonObject, token: string | null, signal?: AbortSignal): Promise<Page<T>> {
  return query<Page<T>>(path, {query: {...request, page: token === null ? {limit: 100} : {limit: 100, token}, count: false}}, signal);
}

const webhook = (id: string) => `webhook/${encodeURIComponent(id)}`;

export const listWebhooks = (signal?: AbortSignal) =>
  query<Page<WebhookInfo>>("webhooks/search", {query: {sort: {key: "name"}, count: false}}, signal);
export const getWebhook = (id: string, signal?: AbortSignal) => ask<WebhookInfo>(webhook(id), signal ? {signal} : {});
export const createWebhook = (fields: JsonObject) => ask<WebhookInfo>("webhooks", {body: fields});
export const updateWebhook = (id: string, fields: JsonObject) => ask<WebhookInfo>(webhook(id), {method: "PUT", body: fields});
export const updatePlugin = (id: string, fields: JsonObject) => ask<WebhookInfo>(`${webhook(id)}/plugin`, {method: "PUT", body: fields});
export const enableWebhook = (id: string, enable: boolean) => ask<WebhookInfo>(`${webhook(id)}/${enable ? "enable" : "disable"}`, {method: "PUT", body: {}});
export const rotateWebhook = (id: string, overlap: number) => ask<WebhookInfo>(`${webhook(id)}/rotate`, {body: {overlap}});
export const deleteWebhook = (id: string) => ask<Json>(webhook(id), {method: "DELETE"});
/** What a body would become; nothing is stored. `format` replaces the webhook's own, and an empty one is detected. */
export const tryWebhook = (id: string, content: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>, format?: string) =>
  ask<Tried>(`${webhook(id)}/try${format === undefined ? "" : `?plugin_id=${encodeURIComponent(format)}`}`, {method: "POST", content, headers});

export const listTokens = (signal?: AbortSignal) => query<Page<TokenInfo>>("tokens/search", {query: {count: false}}, signal);
export const createToken = (fields: JsonObject) => ask<TokenInfo>("tokens", {body: fields});
export const rotateToken = (id: string, overlap: number) => ask<TokenInfo>(`token/${encodeURIComponent(id)}/rotate`, {body: {overlap}});
export const revokeToken = (id: string) => ask<Json>(`token/${encodeURIComponent(id)}`, {method: "DELETE"});

export const listAudit = (token: string | null, keyword: string, signal?: AbortSignal) =>
  page<AuditInfo>("audit/search", keyword ? {keyword} : {}, token, signal);

export const listDeliveries = (signal?: AbortSignal) => ask<Page<DeliveryInfo>>("deliveries", signal ? {signal} : {});
export const getDelivery = (id: string, signal?: AbortSignal) => ask<DeliveryInfo>(`delivery/${encodeURIComponent(id)}`, signal ? {signal} : {});
export const replayDelivery = (id: string) => ask<Json>(`delivery/${encodeURIComponent(id)}/replay`, {body: {}});
export const discardDelivery = (id: string) => ask<Json>(`delivery/${encodeURIComponent(id)}/discard`, {body: {}});

// --- how busy webhooks are -----------------------------------------------------------------------------------------------

export const ACTIVITY_DAYS = 14;

export interface Activity {
  /** Events of each of the last days, the oldest first, and those of them that say a delivery could not be read. */
  days: Array<{events: number; unreadable: number}>;
  total: number;
  unreadable: number;
  /** The beginning of the hour of the last event. */
  last: string | null;
}

/** Count the events of the last days by webhook and hour, from summaries as far as there are any. */
export async function activities(now: Date, webhookId?: string, signal?: AbortSignal): Promise<Map<string, Activity>> {
  const first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - ACTIVITY_DAYS + 1);
  const {results} = await query<{results: Array<{webhook_id: string; hour: string; event_type: string; count: number}>}>("events/stat", {
    query: {
      filter: [
        {key: "created_at", value: new Date(first).toISOString(), operator: "datetime_gte"},
        ...(webhookId ? [{key: "webhook_id", value: webhookId, operator: "eq"}] : []),
      ],
      aggregate: [{
        group: {
          keys: [{key: "webhook_id", name: "webhook_id"}, {key: "created_at", name: "hour", date_format: "%Y-%m-%dT%H"}, {key: "event_type", name: "event_type"}],
          fields: [{name: "count", operator: "count"}],
        },
      }],
    },
  }, signal);
  const found = new Map<string, Activity>();
  for (const {webhook_id, hour, event_type, count} of results) {
    let activity = found.get(webhook_id);
    if (!activity) {
      activity = {days: Array.from({length: ACTIVITY_DAYS}, () => ({events: 0, unreadable: 0})), total: 0, unreadable: 0, last: null};
      found.set(webhook_id, activity);
    }
    const day = activity.days[Math.floor((Date.parse(`${hour}:00:00Z`) - first) / 86_400_000)];
    if (!day) continue;
    const bad = event_type === "ERROR" ? count : 0;
    day.events += count;
    day.unreadable += bad;
    activity.total += count;
    activity.unreadable += bad;
    if (activity.last === null || hour > activity.last) activity.last = hour;
  }
  return found;
}
