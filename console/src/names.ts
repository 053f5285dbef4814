/** Names in place of ids, as far as they are known. */
import {signal} from "@preact/signals";
import {query} from "./api";
import {can} from "./access";

const webhookNames = signal<ReadonlyMap<string, string>>(new Map());

export function nameOf(field: string, value: string): string {
  return (field === "webhook_id" ? webhookNames.value.get(value) : undefined) ?? value;
}

export function learnWebhooks(webhooks: ReadonlyArray<{webhook_id: string; name?: string}>): void {
  webhookNames.value = new Map([...webhookNames.value, ...webhooks.map(({webhook_id, name}) => [webhook_id, name ?? webhook_id] as const)]);
}

/** Ask for the webhooks' names, if the token may see them. */
export async function learnNames(signal: AbortSignal): Promise<void> {
  if (!can("webhook.read")) return;
  try {
    const {results} = await query<{results: Array<{webhook_id: string; name?: string}>}>(
      "webhooks/search", {query: {only: ["webhook_id", "name"], count: false}}, signal,
    );
    learnWebhooks(results);
  } catch {
    // Ids do as well.
  }
}
