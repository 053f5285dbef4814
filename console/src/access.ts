/** What the token may do, as far as it is known: views and actions that it lacks are not shown. */
import {signal} from "@preact/signals";
import {ask} from "./api";

interface WhoAmI {
  token_id?: string;
  name?: string;
  role?: string;
  domain_id?: string;
  permissions: string[];
}

export const me = signal<WhoAmI | null>(null);

export function can(permission: string): boolean {
  return me.value?.permissions.includes(permission) ?? false;
}

/** Ask who the token is; an API without that route offers events only. */
export async function learn(): Promise<void> {
  try {
    me.value = await ask<WhoAmI>("token");
  } catch {
    me.value = {permissions: []};
  }
}
