/** Tokens: who may do what; and the record of changes. */
import {useEffect, useRef, useState} from "preact/hooks";
import {can, me} from "./access";
import {createToken, listAudit, listTokens, revokeToken, rotateToken, type AuditInfo, type TokenInfo} from "./admin";
import {isAbort, type Json, type JsonObject} from "./api";
import {useLoad} from "./load";
import {nameOf} from "./names";
import {change, href, route} from "./route";
import {DAY, toInput} from "./time";
import {Badge, ConfirmDialog, CopyButton, Dialog, Empty, Failure, Moment, Waiting, attempt, label} from "./ui";
import {RotateDialog} from "./webhooksview";

export function TokensView() {
  const {data, error, reload} = useLoad((signal) => listTokens(signal), "");
  const [secret, setSecret] = useState<string | null>(null);
  const [open, setOpen] = useState<{what: "new" | "rotate" | "revoke"; token?: TokenInfo} | null>(null);
  const close = () => setOpen(null);
  const run = async (work: () => Promise<unknown>, done: string) => {
    close();
    if (await attempt(work, done)) reload();
  };
  const mayManage = can("token.manage");
  return (
    <div class="page">
      <div class="page-head">
        <h1>Tokens</h1>
        {mayManage && <button type="button" class="primary" onClick={() => setOpen({what: "new"})}>New token</button>}
      </div>
      {secret && (
        <section class="box secret">
          <h2>The new token</h2>
          <p>It is not shown again.</p>
          <p class="secret-row"><code>{secret}</code> <CopyButton text={secret}>Copy the token</CopyButton></p>
        </section>
      )}
      {error !== null && <Failure error={error} retry={reload} />}
      {!data && error === null && <Waiting what="tokens" />}
      {data && (
        <div class="scrolled" tabIndex={0} role="region" aria-label="Tokens">
          <table class="stacked">
            <thead><tr><th scope="col">Name</th><th scope="col">State</th><th scope="col">May</th><th scope="col">Projects</th><th scope="col">Expires</th>{mayManage && <th scope="col">Changes</th>}</tr></thead>
            <tbody>
              {validFirst(data.results).map((token) => (
                <tr key={token.token_id}>
                  <td><b>{token.name}</b>{token.token_id === me.value?.actor_id && <span class="hint"> you are signed in with it</span>}<br /><code>{token.token_id}</code></td>
                  <td data-name="State"><Badge value={token.state} /></td>
                  <td data-name="May" title={token.permissions?.join(", ")}>{token.role ? label(token.role) : token.permissions?.join(", ")}</td>
                  <td data-name="Projects">{token.projects ? token.projects.join(", ") : "all"}</td>
                  <td data-name="Expires">{token.expires_at ? <Moment at={token.expires_at} /> : "never"}</td>
                  {mayManage && (
                    <td>
                      {token.state === "VALID" && (
                        <span class="actions">
                          <button type="button" class="small" aria-label={`Rotate ${token.name ?? token.token_id}`} onClick={() => setOpen({what: "rotate", token})}>Rotate</button>
                          <button type="button" class="small" aria-label={`Revoke ${token.name ?? token.token_id}`} onClick={() => setOpen({what: "revoke", token})}>Revoke</button>
                        </span>
                      )}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {open?.what === "new" && <NewToken onClose={close} onAnswer={(fields) => void run(async () => setSecret((await createToken(fields)).token ?? null), "")} />}
      {open?.what === "rotate" && open.token && (
        <RotateDialog what="token" onClose={close} onAnswer={(overlap) => void run(async () => setSecret((await rotateToken(open.token!.token_id, overlap)).token ?? null), "")} />
      )}
      {open?.what === "revoke" && open.token && (
        <ConfirmDialog title={`Revoke ${open.token.name ?? "the token"}?`} action="Revoke" onClose={close} onConfirm={() => void run(() => revokeToken(open.token!.token_id), "Revoked. It ends within a minute.")}>
          <p>Whoever uses it is refused within a minute. This cannot be undone.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function validFirst(tokens: TokenInfo[]): TokenInfo[] {
  const isOver = (token: TokenInfo) => (token.state === "VALID" ? 0 : 1);
  return [...tokens].sort((one, other) => isOver(one) - isOver(other));
}

const ROLES: Array<[string, string]> = [
  ["reader", "sees events and alerts"],
  ["responder", "also changes alerts"],
  ["admin", "also manages webhooks, tokens and deliveries, and sees the audit records"],
];

function NewToken({onAnswer, onClose}: {onAnswer: (fields: {name: string; role: string; projects?: string[]; expires_at: string}) => void; onClose: () => void}) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("reader");
  const [projects, setProjects] = useState(me.value?.projects?.join(" ") ?? "");
  const [until, setUntil] = useState(toInput(new Date(Date.now() + 90 * DAY)));
  return (
    <Dialog title="New token" onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        const listed = projects.split(/[\s,]+/).filter(Boolean);
        onAnswer({name: name.trim(), role, ...(listed.length > 0 ? {projects: listed} : {}), expires_at: new Date(until).toISOString()});
      }}>
        <label for="token-name">Name</label>
        <input id="token-name" type="text" required autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        <fieldset>
          <legend>Role</legend>
          {ROLES.map(([value, meaning]) => (
            <label key={value} class="choice"><input type="radio" name="role" checked={role === value} onChange={() => setRole(value)} /> <span><b>{label(value)}</b> {meaning}</span></label>
          ))}
        </fieldset>
        <label for="token-projects">Only these projects</label>
        <input id="token-projects" type="text" autocomplete="off" value={projects} onInput={(event) => setProjects(event.currentTarget.value)} />
        <p class="hint">Separated by spaces; empty for all of the domain.</p>
        <label for="token-until">Expires</label>
        <input id="token-until" type="datetime-local" required min={toInput(new Date())} value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
        <footer>
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary">Create</button>
        </footer>
      </form>
    </Dialog>
  );
}

// --- the audit records -----------------------------------------------------------------------------------------------------

export function AuditView() {
  const keyword = (route.value.params.get("q") ?? "").trim();
  return (
    <div class="page">
      <div class="page-head">
        <h1>Audit</h1>
        <form role="search" onSubmit={(event) => {
          event.preventDefault();
          change({q: String(new FormData(event.currentTarget).get("q")).trim() || null});
        }}>
          <input type="search" name="q" data-search aria-label="An action or the id of its target" placeholder="An action, or a target’s id" defaultValue={keyword} />
        </form>
      </div>
      <Records key={keyword} keyword={keyword} />
    </div>
  );
}

function Records({keyword}: {keyword: string}) {
  const [records, setRecords] = useState<AuditInfo[]>([]);
  const [token, setToken] = useState<string | null | undefined>(undefined);
  const [error, setError] = useState<unknown>(null);
  const controller = useRef(new AbortController());
  const more = async () => {
    try {
      const page = await listAudit(token ?? null, keyword, controller.current.signal);
      setRecords([...records, ...page.results]);
      setToken(page.next_token ?? null);
      setError(null);
    } catch (failure) {
      if (!isAbort(failure)) setError(failure);
    }
  };
  useEffect(() => {
    void more();
    return () => controller.current.abort();
  }, []);
  return (
    <>
      {error !== null && <Failure error={error} retry={() => void more()} />}
      {token === undefined && error === null && <Waiting what="records" />}
      {token === null && records.length === 0 && <Empty title="No records" />}
      {records.length > 0 && (
        <div class="scrolled" tabIndex={0} role="region" aria-label="Audit records">
          <table class="stacked">
            <thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">Action</th><th scope="col">Target</th><th scope="col">Details</th></tr></thead>
            <tbody>
              {records.map((record) => (
                <tr key={record.audit_id}>
                  <td><Moment at={record.created_at} /></td>
                  <td data-name="Who" title={record.actor_id}>{record.actor_name ?? record.actor_id}</td>
                  <td data-name="Action">{record.action}</td>
                  <td data-name="Target"><Target id={record.target_id} /></td>
                  <td data-name="Details"><Details details={record.details ?? {}} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {token && <p class="actions"><button type="button" onClick={() => void more()}>More</button></p>}
    </>
  );
}

const SHOWN_DETAILS = 3;

function Details({details}: {details: JsonObject}) {
  const isSaid = (value: Json) => value !== null && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0);
  const lines = Object.entries(details).filter(([, value]) => isSaid(value)).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  if (lines.length <= SHOWN_DETAILS) return <span class="text">{lines.join("\n")}</span>;
  return <details><summary>{lines.length} fields</summary><span class="text">{lines.join("\n")}</span></details>;
}

function Target({id}: {id: string}) {
  const kind = /^(alert|webhook)-/.exec(id)?.[1];
  return kind ? <a href={href(kind, id)}>{nameOf("webhook_id", id)}</a> : <code>{id}</code>;
}
