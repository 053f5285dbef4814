/** Webhooks: what delivers, how busy it is, and what can be read of it. */
import {useState} from "preact/hooks";
import {can} from "./access";
import {
  ACTIVITY_DAYS, activities, deleteWebhook, enableWebhook, getWebhook, listWebhooks, rotateWebhook, updatePlugin, updateWebhook,
  type Activity, type WebhookInfo,
} from "./admin";
import type {JsonObject} from "./api";
import {useEvery, useLoad} from "./load";
import {learnWebhooks} from "./names";
import {go, href, route} from "./route";
import {after, clock} from "./time";
import {TryBody} from "./trybody";
import {AskDialog, Badge, ChoiceDialog, ConfirmDialog, CopyButton, Dialog, Empty, Failure, Moment, Waiting, attempt} from "./ui";

const POLL_SECONDS = 20;

export function WebhooksView() {
  const {data, error, reload} = useLoad(async (signal) => {
    const {results} = await listWebhooks(signal);
    learnWebhooks(results);
    return results;
  }, "");
  const counts = useLoad((signal) => activities(new Date(), undefined, signal), "");
  useEvery(POLL_SECONDS, () => {
    reload();
    counts.reload();
  });
  return (
    <div class="page">
      <div class="page-head">
        <h1>Webhooks</h1>
        {can("webhook.manage") && <a class="button primary" href={href("webhook-new")}>New webhook</a>}
      </div>
      {error !== null && <Failure error={error} retry={reload} />}
      {!data && error === null && <Waiting what="webhooks" />}
      {data?.length === 0 && <Empty title="No webhooks yet"><p>A webhook is the URL that a monitoring tool posts to.</p></Empty>}
      {data && data.length > 0 && (
        <ul class="cards" aria-label="Webhooks">
          {data.map((webhook) => (
            <li key={webhook.webhook_id} class="card">
              <h2><a href={href("webhook", webhook.webhook_id)}>{webhook.name || webhook.webhook_id}</a></h2>
              <p class="card-facts">
                <Badge value={webhook.state} />
                <Reading activity={counts.data?.get(webhook.webhook_id)} />
                <span>{webhook.project_id}</span>
                <span>{webhook.plugin_info?.plugin_id ?? "any format"}</span>
              </p>
              <ActivityChart activity={counts.data?.get(webhook.webhook_id)} isKnown={counts.data !== null} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** How well deliveries are read, if not all are. */
function Reading({activity}: {activity: Activity | undefined}) {
  if (!activity?.unreadable) return null;
  return <span class="badge tone-critical">{activity.unreadable === activity.total ? "Nothing is readable" : `${activity.unreadable.toLocaleString("en")} unreadable`}</span>;
}

function ActivityChart({activity, isKnown}: {activity: Activity | undefined; isKnown: boolean}) {
  if (!isKnown) return <p class="hint spark-text">…</p>;
  if (!activity) return <p class="hint spark-text">nothing within {ACTIVITY_DAYS} days</p>;
  const most = Math.max(...activity.days.map(({events}) => events));
  const height = 32;
  const scale = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / most) * height));
  const last = Date.parse(`${activity.last}:00:00Z`);
  return (
    <div class="activity">
      <svg viewBox={`0 0 ${ACTIVITY_DAYS * 8 - 2} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {activity.days.map(({events, unreadable}, index) => (
          <g key={index}>
            <rect class="bar tone-info" x={index * 8} width={6} y={height - scale(events)} height={scale(events)} />
            <rect class="bar tone-critical" x={index * 8} width={6} y={height - scale(unreadable)} height={scale(unreadable)} />
          </g>
        ))}
      </svg>
      <p class="spark-scale" aria-hidden="true"><span>{ACTIVITY_DAYS} days ago</span><span>{most.toLocaleString("en")} on the busiest day</span><span>today</span></p>
      <p class="spark-text">{activity.total.toLocaleString("en")} event{activity.total === 1 ? "" : "s"}, the last one {after(last, clock.value)}</p>
    </div>
  );
}

// --- one webhook ---------------------------------------------------------------------------------------------------------

type Open = "disable" | "recoveries" | "name" | "format" | "limit" | "repeat" | "sign" | "rotate" | "delete" | null;

export function WebhookPage({id}: {id: string}) {
  const {data: webhook, error, reload} = useLoad(async (signal) => {
    const found = await getWebhook(id, signal);
    learnWebhooks([found]);
    return found;
  }, id);
  const counts = useLoad((signal) => activities(new Date(), id, signal), id);
  const delivery = route.value.params.get("delivery");
  const [open, setOpen] = useState<Open>(null);
  const [url, setUrl] = useState<string | null>(null);
  const close = () => setOpen(null);
  const run = async (work: () => Promise<unknown>, done: string) => {
    close();
    if (await attempt(work, done)) reload();
  };
  const options = webhook?.plugin_info?.options ?? {};
  const isEnabled = webhook?.state === "ENABLED";
  return (
    <div class="page">
      <p><a href={href("webhooks")}>All webhooks</a></p>
      {error !== null && <Failure error={error} retry={reload} />}
      {!webhook && error === null && <Waiting what="the webhook" />}
      {webhook && (
        <>
          <div class="page-head"><h1>{webhook.name || id} <Badge value={webhook.state} /> <Reading activity={counts.data?.get(id)} /></h1></div>
          <section class="box">
            <ActivityChart activity={counts.data?.get(id)} isKnown={counts.data !== null} />
            <p class="actions">
              <a class="button" href={href("events", "", new URLSearchParams({range: "7d", is: `webhook_id:${id}`}))}>Its events</a>
              {can("webhook.manage") && (
                <>
                  <button type="button" onClick={() => setOpen("rotate")}>Rotate the URL</button>
                  <button type="button" onClick={() => (isEnabled ? setOpen("disable") : void run(() => enableWebhook(id, true), "Enabled."))}>{isEnabled ? "Disable" : "Enable"}</button>
                  <button type="button" class="grave" onClick={() => setOpen("delete")}>Delete</button>
                </>
              )}
            </p>
          </section>
          {url && <NewUrl url={url} />}
          <section class="box">
            <h2>Settings</h2>
            <dl class="fields">
              <Setting name="Name" value={webhook.name ?? ""} onChange={() => setOpen("name")} />
              <dt>Project</dt><dd>{webhook.project_id}</dd>
              <Setting name="Format" value={webhook.plugin_info?.plugin_id ?? (options.mapping ? "a mapping of its own" : "detected for each delivery")} onChange={() => setOpen("format")} />
              <Setting name="Limit" value={options.rate_limit === undefined ? "the deployment's own" : options.rate_limit === 0 ? "none" : `${options.rate_limit} deliveries a minute`} onChange={() => setOpen("limit")} />
              <Setting name="A repetition joins its alert for" value={`${options.duplicate_event_time ?? 600} seconds`} onChange={() => setOpen("repeat")} />
              <Setting name="Recoveries" value={options.recovery_mode === "MANUAL" ? "leave the alert open" : "resolve the alert"} onChange={() => setOpen("recoveries")} />
              <Setting name="Signatures" value={options.signing ? `${options.signing.scheme}, ${options.signing.required === false ? "counted" : "required"}` : "not checked"} onChange={() => setOpen("sign")} />
              <dt>Created</dt><dd><Moment at={webhook.created_at} /></dd>
              {webhook.old_keys_until?.map((until) => <Old key={until} until={until} />)}
              <dt>Webhook id</dt><dd><code>{id}</code></dd>
            </dl>
          </section>
          <TryBody key={delivery} webhook={webhook} deliveryId={delivery} onChange={reload} />
        </>
      )}
      {webhook && open === "name" && <AskDialog title="Name" name="Name" value={webhook.name ?? ""} action="Save" onClose={close} onAnswer={(name) => void run(() => updateWebhook(id, {name}), "Saved.")} />}
      {open === "format" && (
        <AskDialog title="Format" name="Name of the format" value={webhook?.plugin_info?.plugin_id ?? ""} required={false} hint="Such as grafana. Leave it empty to have the format of each delivery detected." action="Save" onClose={close} onAnswer={(format) => void run(() => updatePlugin(id, {plugin_id: format || null}), "Saved.")} />
      )}
      {open === "limit" && (
        <AskDialog title="Limit" name="Deliveries a minute" value={options.rate_limit?.toString() ?? ""} required={false} hint="0 is any number; leave it empty for what the deployment says. Above the limit the sender is answered 503." action="Save" onClose={close} onAnswer={(limit) => void run(() => updatePlugin(id, {options: {rate_limit: limit === "" ? null : Number(limit)}}), "Saved.")} />
      )}
      {open === "repeat" && (
        <AskDialog title="Repetitions" name="Seconds for which a repetition joins its alert" value={String(options.duplicate_event_time ?? 600)} required={false} hint="Longer than the sender's interval of repetition; later ones open a new alert." action="Save" onClose={close} onAnswer={(seconds) => void run(() => updatePlugin(id, {options: {duplicate_event_time: seconds === "" ? null : Number(seconds)}}), "Saved.")} />
      )}
      {open === "sign" && <SignDialog {...(options.signing?.scheme ? {present: options.signing.scheme} : {})} onClose={close} onAnswer={(signing) => void run(() => updatePlugin(id, {options: {signing}}), "Saved.")} />}
      {open === "rotate" && (
        <RotateDialog what="URL" onClose={close} onAnswer={(overlap) => void run(async () => setUrl(absolute(await rotateWebhook(id, overlap))), "")} />
      )}
      {open === "recoveries" && (
        <ChoiceDialog
          title="Recoveries"
          legend="A recovery from the sender is to"
          choices={[["AUTO", "resolve the alert"], ["MANUAL", "leave the alert open, until someone resolves it"]]}
          value={options.recovery_mode ?? "AUTO"}
          action="Save"
          onClose={close}
          onAnswer={(mode) => void run(() => updatePlugin(id, {options: {recovery_mode: mode}}), "Saved.")}
        />
      )}
      {open === "disable" && (
        <ConfirmDialog title={`Disable ${webhook?.name || "the webhook"}?`} action="Disable" onClose={close} onConfirm={() => void run(() => enableWebhook(id, false), "Disabled.")}>
          <p>What its sender posts is refused until it is enabled again.</p>
        </ConfirmDialog>
      )}
      {open === "delete" && (
        <ConfirmDialog title={`Delete ${webhook?.name || "the webhook"}?`} action="Delete" onClose={close} onConfirm={() => void run(async () => {
          await deleteWebhook(id);
          go(href("webhooks"));
        }, "Deleted.")}>
          <p>What is sent to its URL is refused from then on. Its events stay.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function Old({until}: {until: string}) {
  return <><dt>An old URL ends</dt><dd><Moment at={until} /></dd></>;
}

function Setting({name, value, onChange}: {name: string; value: string; onChange: () => void}) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <span class="field-value">{value}</span>
        {can("webhook.manage") && <button type="button" class="small" aria-label={`Change: ${name}`} onClick={onChange}>Change</button>}
      </dd>
    </>
  );
}

export function absolute(webhook: WebhookInfo): string {
  return new URL((webhook.webhook_url ?? "").replace(/^\//, ""), location.origin + location.pathname).href;
}

export function NewUrl({url}: {url: string}) {
  return (
    <section class="box secret">
      <h2>Its URL</h2>
      <p>It holds the access key and is not shown again. Keep it with the tool’s secrets.</p>
      <p class="secret-row"><code>{url}</code> <CopyButton text={url}>Copy the URL</CopyButton></p>
    </section>
  );
}

const OVERLAPS: Array<[number, string]> = [[0, "at once"], [3600, "in one hour"], [86_400, "in one day"], [7 * 86_400, "in seven days"]];

export function RotateDialog({what, onAnswer, onClose}: {what: string; onAnswer: (overlap: number) => void; onClose: () => void}) {
  return <ChoiceDialog title={`Rotate the ${what}`} legend="The old one ends" choices={OVERLAPS} value={86_400} action="Rotate" onAnswer={onAnswer} onClose={onClose} />;
}

const SCHEMES = ["github", "gitlab", "grafana", "standard-webhooks", "sns", "sentry", "pagerduty", "checkly", "cloudflare"];

function SignDialog({present, onAnswer, onClose}: {present?: string; onAnswer: (signing: JsonObject | null) => void; onClose: () => void}) {
  const [scheme, setScheme] = useState(present ?? "");
  const [secret, setSecret] = useState("");
  const [required, setRequired] = useState(true);
  return (
    <Dialog title="Signatures" onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        onAnswer({scheme, required, ...(secret ? {secrets: [secret]} : {})});
      }}>
        <label for="scheme">Scheme</label>
        <input id="scheme" type="text" list="schemes" required value={scheme} onInput={(event) => setScheme(event.currentTarget.value)} />
        <datalist id="schemes">{SCHEMES.map((name) => <option key={name} value={name} />)}</datalist>
        <label for="secret">Secret that the sender has, too</label>
        <input id="secret" type="password" autocomplete="off" value={secret} onInput={(event) => setSecret(event.currentTarget.value)} />
        <p class="hint">It is never shown again. Leave it empty to keep the present one; SNS needs none.</p>
        <label class="choice"><input type="checkbox" checked={required} onChange={(event) => setRequired(event.currentTarget.checked)} /> Refuse deliveries without a valid signature</label>
        <footer>
          {present && <button type="button" onClick={() => onAnswer(null)}>Check no signatures</button>}
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary">Save</button>
        </footer>
      </form>
    </Dialog>
  );
}
