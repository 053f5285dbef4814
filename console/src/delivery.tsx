/** Deliveries: how an event arrived, and those that need a look. */
import {can} from "./access";
import {discardDelivery, getDelivery, listDeliveries, replayDelivery, type DeliveryInfo} from "./admin";
import type {EventInfo} from "./events";
import {useEvery, useLoad} from "./load";
import {nameOf} from "./names";
import {href} from "./route";
import {Age, Empty, Failure, Moment, Waiting, attempt, label, tone} from "./ui";

const POLL_SECONDS = 10;

/** The delivery that an event was made from: its id is within the event's. */
export function deliveryId(eventId: string): string | null {
  const match = /^event-([0-9a-f]{24})[0-9a-f]{4}$/.exec(eventId);
  return match ? `delivery-${match[1]}` : null;
}

/** Whether an event only reports that its delivery could not be read, or that it was read after all. */
export function isReport(eventId: string): boolean {
  return /fff[ef]$/.test(eventId);
}

/** Where the body of a delivery is tried in another format. */
export function tryingHref(webhookId: string, delivery: string | null): string {
  return href("webhook", webhookId, delivery && can("delivery.read") ? new URLSearchParams({delivery}) : undefined);
}

export function DeliveryOf({event}: {event: EventInfo}) {
  const id = deliveryId(event.event_id);
  return id && can("delivery.read") ? <Known id={id} /> : null;
}

function Known({id}: {id: string}) {
  const {data, error, reload} = useLoad((signal) => getDelivery(id, signal), id);
  return (
    <section>
      <h3>Delivery</h3>
      {error !== null && <Failure error={error} />}
      {data && (
        <>
          <dl class="fields">
            <dt>Received</dt><dd><Moment at={data.received_at ?? data.created_at} /></dd>
            <dt>State</dt><dd>{label(data.state)}{data.events && data.events.length > 1 && `, with ${data.events.length} events`}</dd>
            {data.bytes !== undefined && <><dt>Size</dt><dd>{data.bytes.toLocaleString("en")} bytes</dd></>}
            {data.headers && Object.entries(data.headers).map(([name, value]) => <Header key={name} name={name} value={value} />)}
            {data.request_id && <><dt>Request id</dt><dd><code>{data.request_id}</code></dd></>}
            <dt>Delivery id</dt><dd><code>{data.delivery_id}</code></dd>
          </dl>
          {can("delivery.manage") && (
            <p class="actions"><button type="button" onClick={() => void attempt(() => replayDelivery(id), "It is being processed again.").then(reload)}>Replay</button></p>
          )}
        </>
      )}
    </section>
  );
}

function Header({name, value}: {name: string; value: string}) {
  return <><dt>{name}</dt><dd>{value}</dd></>;
}

export function DeliveriesView() {
  const {data, error, reload} = useLoad((signal) => listDeliveries(signal), "");
  useEvery(POLL_SECONDS, reload);
  return (
    <div class="page">
      <div class="page-head"><h1>Deliveries that need a look</h1></div>
      <p class="hint">Unfinished ones, and those of the last seven days that could not be read.</p>
      {error !== null && <Failure error={error} retry={reload} />}
      {!data && error === null && <Waiting what="deliveries" />}
      {data?.results.length === 0 && <Empty title="Every delivery was read" />}
      {data && data.results.length > 0 && (
        <ul class="cards single" aria-label="Deliveries">{data.results.map((delivery) => <Card key={delivery.delivery_id} delivery={delivery} onChange={reload} />)}</ul>
      )}
    </div>
  );
}

function Card({delivery, onChange}: {delivery: DeliveryInfo; onChange: () => void}) {
  const {delivery_id: id, state} = delivery;
  const isUnreadable = state === "UNREADABLE";
  return (
    <li class="card">
      <p class="card-facts">
        <span class={`badge ${tone(isUnreadable ? "ERROR" : "WARNING")}`}>{label(state)}</span>
        <span>{nameOf("webhook_id", delivery.webhook_id)}</span>
        <span>{delivery.project_id}</span>
        <span><Age at={delivery.created_at ?? delivery.received_at} /> ago</span>
      </p>
      {delivery.unread_because && <p class="text">{delivery.unread_because}</p>}
      <p class="actions">
        {isUnreadable && <a class="button" href={href("event", `${id.replace("delivery", "event")}ffff`)}>Its event</a>}
        {isUnreadable && can("webhook.read") && <a class="button" href={tryingHref(delivery.webhook_id, id)}>Try another format</a>}
        {can("delivery.manage") && <button type="button" onClick={() => void attempt(() => replayDelivery(id), "It is being processed again.").then(onChange)}>Replay</button>}
        {can("delivery.manage") && !isUnreadable && <button type="button" onClick={() => void attempt(() => discardDelivery(id), "Given up.").then(onChange)}>Discard</button>}
        <code>{id}</code>
      </p>
    </li>
  );
}
