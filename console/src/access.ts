/** What the token may do, as far as it is known: views and actions that it lacks are not shown. */
import {signal} from "@preact/signals";
import {ask, isAbort} from "./api";

export interface Caller {
  actor_id?: string;
  actor_name?: string;
  domain_id?: string;
  /** Absent for all projects of the domain. */
  projects?: string[];
  permissions: string[];
}

export const me = signal<Caller | null>(null);

export function can(permission: string): boolean {
  return me.value?.permissions.includes(permission) ?? false;
}

/** How the caller is called in changes that it makes. */
export function myName(): string {
  return me.value?.actor_name ?? me.value?.actor_id ?? "me";
}

/** Ask what the token permits. An API that does not say so has events only. */
export async function learn(signal: AbortSignal): Promise<void> {
  try {
    me.value = await ask<Caller>("token", {signal});
  } catch (error) {
    if (!isAbort(error)) me.value = {permissions: []};
  }
}
