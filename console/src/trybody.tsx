/** What a body would become at a webhook; for a delivery that could not be read, in which format it can be read again. */
import {useEffect, useRef, useState} from "preact/hooks";
import {can} from "./access";
import {getDelivery, replayDelivery, tryWebhook, updatePlugin, type DeliveryInfo, type Tried, type WebhookInfo} from "./admin";
import {messageOf} from "./api";
import {isReport} from "./delivery";
import {useEvery, useLoad} from "./load";
import {href} from "./route";
import {loadSenders} from "./senders";
import {Tree} from "./tree";
import {Badge, Failure, Waiting, attempt} from "./ui";

const POLL_SECONDS = 2;

interface Props {
  webhook: WebhookInfo;
  deliveryId: string | null;
  /** Called after the webhook was changed. */
  onChange: () => void;
}

export function TryBody(props: Props) {
  return (
    <section class="box" aria-label="Try a body">
      <h2>Try a body</h2>
      {props.deliveryId ? <OfDelivery {...props} deliveryId={props.deliveryId} /> : <Form {...props} delivery={null} />}
    </section>
  );
}

function OfDelivery({deliveryId, ...props}: Props & {deliveryId: string}) {
  const {data, error, reload} = useLoad((signal) => getDelivery(deliveryId, signal), deliveryId);
  if (data) return <Form {...props} delivery={data} />;
  return error === null ? <Waiting what="the delivery's body" /> : <Failure error={error} retry={reload} />;
}

interface FormProps {
  webhook: WebhookInfo;
  delivery: DeliveryInfo | null;
  onChange: () => void;
}

/** A try's answer, with what was tried. */
interface Answer extends Tried {
  chosen: string;
  /** Whether it was the delivery's own body, and not an edited one. */
  isDelivered: boolean;
}

function Form({webhook, delivery, onChange}: FormProps) {
  const {webhook_id: id, plugin_info: plugin} = webhook;
  const own = plugin?.plugin_id ?? "";
  const delivered = delivery?.body ?? "";
  const isBinary = delivery?.body_encoding === "base64";
  const [body, setBody] = useState(delivered);
  const [format, setFormat] = useState(own);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<unknown>(null);
  const senders = useLoad(loadSenders, "");
  const formatField = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // The form is below the settings; whoever comes with a delivery comes for it.
    if (delivery) formatField.current?.focus();
  }, []);
  const run = () => {
    const chosen = format.trim();
    const content = isBinary ? Uint8Array.from(atob(delivered), (letter) => letter.charCodeAt(0)) : body;
    tryWebhook(id, content, sendable(delivery?.headers), chosen === own ? undefined : chosen).then((tried) => {
      setAnswer({...tried, chosen, isDelivered: delivery !== null && body === delivered});
      setError(null);
    }, (failure: unknown) => {
      setAnswer(null);
      setError(failure);
    });
  };
  return (
    <>
      <p class="hint">
        {delivery && <>The body of <code>{delivery.delivery_id}</code>, which could not be read{delivery.unread_because && `: ${delivery.unread_because}`}<br /></>}
        What the body would become at this webhook. Trying stores nothing.
      </p>
      <form class="form" onSubmit={(event) => {
        event.preventDefault();
        run();
      }}>
        <label for="body">Body, as the sender posts it</label>
        {isBinary
          ? <p id="body" class="hint">It is not a text; its {delivery.bytes?.toLocaleString("en")} bytes are tried as they are.</p>
          : <textarea id="body" rows={8} spellcheck={false} required value={body} onInput={(event) => setBody(event.currentTarget.value)} />}
        <label for="format">Format to try</label>
        <input
          id="format"
          ref={formatField}
          type="text"
          list="formats"
          autocomplete="off"
          placeholder={plugin?.options?.mapping && own === "" ? "the webhook’s own mapping" : "detected from the body"}
          value={format}
          onInput={(event) => setFormat(event.currentTarget.value)}
        />
        <datalist id="formats">{senders.data?.map((sender) => <option key={sender.name} value={sender.format}>{sender.name}</option>)}</datalist>
        <p class="hint">Such as grafana, or generic for any JSON. Empty: {plugin?.options?.mapping && own === "" ? "read by the webhook’s mapping" : "detected from the body"}.</p>
        <footer><button type="submit" class="primary">Try</button></footer>
      </form>
      {error !== null && <p class="failure" role="alert">{messageOf(error)}</p>}
      {answer && <Became answer={answer} />}
      {delivery && answer?.format && (answer.isDelivered
        ? <Replay key={answer.chosen} id={id} delivery={delivery} own={own} chosen={answer.chosen} onChange={onChange} />
        : <p class="hint">The replay takes the body as it was delivered. Try that one, or have the sender post this one.</p>)}
    </>
  );
}

/** The headers that a request may have: a sender's may hold what `fetch` refuses. */
function sendable(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => /^[\x20-\x7e]*$/.test(value)));
}

function Became({answer}: {answer: Answer}) {
  return (
    <div role="status">
      <p>{answer.format ? <>Read as <b>{answer.format}</b>: {answer.total_count} event{answer.total_count === 1 ? "" : "s"}</> : <b>It could not be read.</b>}</p>
      {answer.events.map((event, index) => (
        <div key={index} class="tried">
          <p><Badge value={String(event.event_type === "RECOVERY" ? "RECOVERY" : event.severity ?? "NONE")} /> <b>{String(event.title ?? "(no title)")}</b></p>
          <Tree name="the event" value={event} />
        </div>
      ))}
    </div>
  );
}

/** Have the delivery read again; in another format than the webhook's, all that comes later is read in it, too. */
function Replay({id, delivery, own, chosen, onChange}: {id: string; delivery: DeliveryInfo; own: string; chosen: string; onChange: () => void}) {
  const [isStarted, setStarted] = useState(false);
  if (isStarted) return <Replayed id={delivery.delivery_id} />;
  if (!can("delivery.manage")) return <p class="hint">Someone who may replay deliveries can have it read again.</p>;
  const start = async (work: () => Promise<unknown>) => {
    if (await attempt(async () => {
      await work();
      await replayDelivery(delivery.delivery_id);
    }, "It is being processed again.")) setStarted(true);
  };
  if (chosen === own) return <p class="actions"><button type="button" class="primary" onClick={() => void start(async () => undefined)}>Replay the delivery</button></p>;
  if (!can("webhook.manage")) return <p class="hint">Someone who may change webhooks can set this format; then the delivery can be replayed.</p>;
  return (
    <>
      <p class="hint">A replay reads the delivery in the webhook’s format, so that is changed first. All that comes to this webhook is read in the new one.</p>
      <p class="actions">
        <button type="button" class="primary" onClick={() => void start(async () => {
          await updatePlugin(id, {plugin_id: chosen || null});
          onChange();
        })}>
          {chosen ? `Set the format to ${chosen}, and replay` : "Have the format detected, and replay"}
        </button>
      </p>
    </>
  );
}

/** What the delivery has become; it is processed in the background. */
function Replayed({id}: {id: string}) {
  const {data, error, reload} = useLoad((signal) => getDelivery(id, signal), id);
  const events = data?.events?.filter(({event_id}) => !isReport(event_id)) ?? [];
  useEvery(POLL_SECONDS, reload, events.length === 0);
  return (
    <div role="status">
      {error !== null && <Failure error={error} retry={reload} />}
      {events.length === 0 && <p>The delivery is being read again …</p>}
      {events.length > 0 && <p><b>The delivery was read.</b> Its events:</p>}
      {events.map((event) => (
        <p key={event.event_id}><Badge value={event.severity ?? "NONE"} /> <a href={href("event", event.event_id)}>{event.title || "(no title)"}</a></p>
      ))}
    </div>
  );
}
