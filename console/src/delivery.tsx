import type {EventInfo} from "./events";

export function DeliveryOf(_: {event: EventInfo}) {
  return null;
}
