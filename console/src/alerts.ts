/** Alerts: what the API knows of them, and what people do with them. */
import {ask, query, type Json, type JsonObject} from "./api";

export interface AlertInfo {
  alert_id: string;
  alert_number?: number;
  title?: string;
  state: "TRIGGERED" | "ACKNOWLEDGED" | "RESOLVED" | "ERROR";
  status_message?: string;
  description?: string;
  assignee?: string;
  urgency?: string;
  severity: string;
  rule?: string;
  resource?: {resource_id?: string; resource_type?: string; name?: string};
  provider?: string;
  account?: string;
  additional_info?: JsonObject;
  is_snoozed?: boolean;
  snoozed_end_time?: string;
  triggered_by?: string;
  webhook_id?: string;
  event_key?: string;
  merged_to?: string;
  merged_alerts?: string[];
  acknowledged_by?: string;
  resolved_by?: string;
  project_id: string;
  created_at: string;
  updated_at?: string;
  acknowledged_at?: string;
  resolved_at?: string;
}

export interface Entry {
  at: string;
  action: string;
  actor_id?: string;
  actor_name?: string;
  event_id?: string;
  details?: JsonObject;
}

export const OPEN = ["TRIGGERED", "ACKNOWLEDGED", "ERROR"];
const OPEN_SHOWN = 500;
export const RESOLVED_PAGE = 50;
const FIELDS = [
  "alert_id", "alert_number", "title", "state", "status_message", "assignee", "urgency", "severity", "resource", "is_snoozed", "snoozed_end_time",
  "webhook_id", "project_id", "created_at", "resolved_at", "merged_alerts",
];

interface Page {
  results: AlertInfo[];
  total_count?: number;
  next_token?: string;
}

/** The open alerts, the most severe first, of these the newest. */
export function openAlerts(keyword: string, signal?: AbortSignal): Promise<Page> {
  return query<Page>("alerts/search", {
    query: {
      filter: [{key: "state", value: OPEN, operator: "in"}],
      ...(keyword ? {keyword} : {}),
      sort: [{key: "severity", desc: true}, {key: "created_at", desc: true}],
      only: FIELDS,
      page: {limit: OPEN_SHOWN},
    },
  }, signal);
}

export function resolvedAlerts(keyword: string, token: string | null, signal?: AbortSignal): Promise<Page> {
  return query<Page>("alerts/search", {
    query: {
      filter: [{key: "state", value: "RESOLVED", operator: "eq"}],
      ...(keyword ? {keyword} : {}),
      only: FIELDS,
      page: token === null ? {limit: RESOLVED_PAGE} : {limit: RESOLVED_PAGE, token},
      count: false,
    },
  }, signal);
}

const path = (id: string) => `alert/${encodeURIComponent(id)}`;

export const getAlert = (id: string, signal?: AbortSignal) => ask<AlertInfo>(path(id), signal ? {signal} : {});
export const historyOf = (id: string, signal?: AbortSignal) =>
  ask<{results: Entry[]; is_complete?: boolean}>(`${path(id)}/history`, signal ? {signal} : {});
export const update = (id: string, changes: JsonObject) => ask<AlertInfo>(path(id), {method: "PUT", body: changes});
export const snooze = (id: string, until: Date) => ask<AlertInfo>(`${path(id)}/snooze`, {body: {end_time: until.toISOString()}});
export const merge = (ids: string[], into: string) => ask<AlertInfo>("alerts/merge", {body: {alerts: ids as Json, merge_to: into}});
