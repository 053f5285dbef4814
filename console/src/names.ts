/** Names in place of ids, as far as they are known. */
import {signal} from "@preact/signals";

export const webhookNames = signal<ReadonlyMap<string, string>>(new Map());

export function nameOf(field: string, value: string): string {
  return (field === "webhook_id" ? webhookNames.value.get(value) : undefined) ?? value;
}
