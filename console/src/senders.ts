/** The senders' pages, which are loaded when a webhook is made. */
import type {Block} from "./instructions";

export interface SenderPage {
  name: string;
  format: string;
  duplicate?: number;
  blocks: Block[];
}

export async function loadSenders(): Promise<SenderPage[]> {
  return (await import("virtual:senders")).default as unknown as SenderPage[];
}
