/** A new webhook in two steps: which sender; then its URL, the sender's instructions, and the first delivery. */
import {useEffect, useState} from "preact/hooks";
import {me} from "./access";
import {createWebhook, type WebhookInfo} from "./admin";
import {query, type JsonObject} from "./api";
import {deliveryId, tryingHref} from "./delivery";
import type {EventInfo, Page} from "./events";
import {Instructions} from "./instructions";
import {learnWebhooks} from "./names";
import {useEvery, useLoad} from "./load";
import {href} from "./route";
import {loadSenders, type SenderPage} from "./senders";
import {Badge, Failure, Waiting, attempt} from "./ui";
import {NewUrl, absolute} from "./webhooksview";

const POLL_SECONDS = 3;
const OTHER: SenderPage = {name: "Another tool", format: "", blocks: []};

export function NewWebhook() {
  const senders = useLoad(loadSenders, "");
  const projects = useLoad(knownProjects, "");
  const [sender, setSender] = useState<SenderPage | null>(null);
  const [name, setName] = useState("");
  const [project, setProject] = useState("");
  const [made, setMade] = useState<WebhookInfo | null>(null);
  const [busy, setBusy] = useState(false);

  if (made && sender) return <Made webhook={made} sender={sender} />;
  return (
    <div class="page narrow">
      <p><a href={href("webhooks")}>All webhooks</a></p>
      <h1>New webhook</h1>
      {senders.error !== null && <Failure error={senders.error} retry={senders.reload} />}
      <form
        class="box form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!sender) return;
          setBusy(true);
          const options: JsonObject = sender.duplicate ? {duplicate_event_time: sender.duplicate} : {};
          const plugin: JsonObject = {...(sender.format ? {plugin_id: sender.format} : {}), options};
          void attempt(async () => {
            const webhook = await createWebhook({name: name.trim(), project_id: project.trim(), plugin_info: plugin});
            learnWebhooks([webhook]);
            setMade(webhook);
          }, "").then(() => setBusy(false));
        }}
      >
        <fieldset>
          <legend>Which tool sends?</legend>
          {!senders.data && senders.error === null && <Waiting what="senders" />}
          <div class="senders">
            {senders.data && [...senders.data, OTHER].map((one) => (
              <label key={one.name} class="choice">
                <input
                  type="radio"
                  name="sender"
                  required
                  checked={sender?.name === one.name}
                  onChange={() => {
                    setSender(one);
                    if (name === "" || name === sender?.name) setName(one === OTHER ? "" : one.name);
                  }}
                />
                {one.name}
              </label>
            ))}
          </div>
        </fieldset>
        <label for="name">Name</label>
        <input id="name" type="text" required maxLength={200} autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        <label for="project">Project</label>
        <input id="project" type="text" list="projects" required autocomplete="off" value={project} onInput={(event) => setProject(event.currentTarget.value)} />
        <datalist id="projects">{projects.data?.map((one) => <option key={one} value={one} />)}</datalist>
        <p class="hint">Its events belong to this project; tokens can be limited to projects.</p>
        <footer><button type="submit" class="primary" disabled={busy}>Create</button></footer>
      </form>
    </div>
  );
}

async function knownProjects(signal: AbortSignal): Promise<string[]> {
  if (me.value?.projects) return me.value.projects;
  const {results} = await query<{results: string[]}>("events/stat", {
    query: {filter: [{key: "created_at", value: "now-30d", operator: "timediff_gte"}], distinct: "project_id"},
  }, signal);
  return results;
}

function Made({webhook, sender}: {webhook: WebhookInfo; sender: SenderPage}) {
  const url = absolute(webhook);
  return (
    <div class="page narrow">
      <p><a href={href("webhooks")}>All webhooks</a></p>
      <h1>{webhook.name}</h1>
      <NewUrl url={url} />
      <FirstDelivery webhook={webhook} />
      {sender.blocks.length > 0
        ? <section class="box prose"><h2>In {sender.name}</h2><Instructions blocks={sender.blocks} /></section>
        : (
          <section class="box prose">
            <h2>Send something</h2>
            <p>Post JSON to the URL. The usual names for title, severity, key, status and time are understood, and the formats of about a hundred tools are detected.</p>
            <Instructions blocks={[{kind: "code", text: `curl -X POST '${url}' -H 'Content-Type: application/json' \\\n  -d '{"event_key": "disk-db-1", "event_type": "ALERT", "title": "Disk is full", "severity": "CRITICAL"}'`}]} />
          </section>
        )}
    </div>
  );
}

/** Wait for the first delivery, and show what became of it. */
function FirstDelivery({webhook}: {webhook: WebhookInfo}) {
  const [event, setEvent] = useState<EventInfo | null>(null);
  const {data, reload} = useLoad((signal) => query<Page>("events/search", {
    query: {
      filter: [
        {key: "webhook_id", value: webhook.webhook_id, operator: "eq"},
        {key: "created_at", value: webhook.created_at, operator: "datetime_gte"},
      ],
      page: {limit: 1},
      count: false,
    },
  }, signal), webhook.webhook_id);
  useEvery(POLL_SECONDS, reload, event?.event_type !== "ALERT");
  useEffect(() => {
    if (data?.results[0]) setEvent(data.results[0]);
  }, [data]);
  return (
    <section class={`box ${event ? (event.event_type === "ERROR" ? "reason" : "arrived-first") : ""}`} role="status">
      <h2>First delivery</h2>
      {!event && <p><i class="pulse on" aria-hidden="true" /> Waiting for it. This page shows it as it arrives.</p>}
      {event?.event_type === "ERROR" && (
        <>
          <p><b>It arrived, and could not be read.</b> {event.description}</p>
          <p><a href={href("event", event.event_id)}>See the event</a>, or <a href={tryingHref(webhook.webhook_id, deliveryId(event.event_id))}>try the body with another format</a>.</p>
        </>
      )}
      {event && event.event_type !== "ERROR" && (
        <p><Badge value={event.severity} /> <a href={href("event", event.event_id)}>{event.title || "(no title)"}</a> has arrived.</p>
      )}
    </section>
  );
}
