/** Changes of one alert or of several at once, with the dialogs that some of them need. */
import {useState} from "preact/hooks";
import {messageOf, type JsonObject} from "./api";
import {myName} from "./access";
import {merge, snooze, update, type AlertInfo} from "./alerts";
import {HOUR, showMinute, toInput} from "./time";
import {AskDialog, Badge, Dialog, say} from "./ui";

export type Action = "acknowledge" | "resolve" | "reopen" | "assign" | "snooze" | "merge" | "note";

/** Which actions make sense for these alerts. */
export function actionsFor(alerts: AlertInfo[]): Action[] {
  const open = alerts.filter(({state}) => state !== "RESOLVED");
  const actions: Action[] = [];
  if (open.some(({state}) => state === "TRIGGERED")) actions.push("acknowledge");
  if (open.some(({state}) => state !== "ERROR")) actions.push("resolve");
  if (alerts.length > 0 && open.length === 0) actions.push("reopen");
  if (alerts.length > 0) actions.push("assign");
  if (open.length > 0) actions.push("snooze");
  if (alerts.length > 0) actions.push("note");
  if (open.length > 1) actions.push("merge");
  return actions;
}

export const TITLES: Record<Action, {title: string; key: string}> = {
  acknowledge: {title: "Acknowledge", key: "a"},
  resolve: {title: "Resolve", key: "r"},
  reopen: {title: "Open again", key: "o"},
  assign: {title: "Assign", key: "i"},
  snooze: {title: "Snooze", key: "s"},
  note: {title: "Note", key: "n"},
  merge: {title: "Merge", key: "m"},
};

const AT_ONCE = 4;

/** Do the same with each alert; report what did not work. */
async function each(alerts: AlertInfo[], work: (alert: AlertInfo) => Promise<unknown>, done: string): Promise<void> {
  const waiting = [...alerts];
  const failures: string[] = [];
  let worked = 0;
  const worker = async () => {
    for (let alert = waiting.shift(); alert; alert = waiting.shift()) {
      try {
        await work(alert);
        worked++;
      } catch (error) {
        failures.push(messageOf(error));
      }
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, worker));
  if (worked > 0) say(`${worked === 1 ? "One alert" : `${worked} alerts`} ${done}.`);
  if (failures.length > 0) say(`${failures.length} could not be changed: ${failures[0]}`, true);
}

interface Props {
  alerts: AlertInfo[];
  action: Action;
  onDone: () => void;
  onClose: () => void;
}

/** Whether an action asks for something first. */
export function asks(action: Action): boolean {
  return !["acknowledge", "resolve", "reopen"].includes(action);
}

export async function perform(alerts: AlertInfo[], action: Action): Promise<void> {
  const states: Partial<Record<Action, [JsonObject, string, AlertInfo["state"][]]>> = {
    acknowledge: [{state: "ACKNOWLEDGED"}, "acknowledged", ["TRIGGERED"]],
    resolve: [{state: "RESOLVED"}, "resolved", ["TRIGGERED", "ACKNOWLEDGED"]],
    reopen: [{state: "TRIGGERED"}, "opened again", ["RESOLVED"]],
  };
  const found = states[action];
  if (!found) return;
  const [changes, done, from] = found;
  await each(alerts.filter(({state}) => from.includes(state)), ({alert_id}) => update(alert_id, changes), done);
}

export function ActionDialog({alerts, action, onDone, onClose}: Props) {
  const of = alerts.length === 1 ? "" : ` ${alerts.length} alerts`;
  const run = (work: (alert: AlertInfo) => Promise<unknown>, done: string) => {
    onClose();
    void each(alerts, work, done).then(onDone);
  };
  switch (action) {
    case "assign":
      return (
        <AskDialog
          title={`Assign${of}`}
          name="Who takes care of it"
          value={alerts[0]?.assignee ?? myName()}
          required={false}
          hint="Leave it empty to assign it to no one."
          action="Assign"
          onClose={onClose}
          onAnswer={(assignee) => run(({alert_id}) => update(alert_id, assignee ? {assignee} : {reset_assignee: true}), assignee ? `assigned to ${assignee}` : "assigned to no one")}
        />
      );
    case "note":
      return (
        <AskDialog
          title={`Note on${of || " the alert"}`}
          name="How it stands"
          value={alerts.length === 1 ? alerts[0]?.status_message ?? "" : ""}
          required={false}
          long
          action="Save"
          onClose={onClose}
          onAnswer={(note) => run(({alert_id}) => update(alert_id, note ? {status_message: note} : {reset_status_message: true}), "noted")}
        />
      );
    case "snooze":
      return <SnoozeDialog title={`Snooze${of}`} onClose={onClose} onAnswer={(until) => run(({alert_id}) => snooze(alert_id, until), "snoozed")} />;
    case "merge":
      return (
        <MergeDialog
          alerts={alerts}
          onClose={onClose}
          onAnswer={(into) => {
            onClose();
            const others = alerts.filter(({alert_id}) => alert_id !== into).map(({alert_id}) => alert_id);
            void each([alerts[0]!], () => merge(others, into), "stands for all of them now").then(onDone);
          }}
        />
      );
    default:
      return null;
  }
}

const DURATIONS: Array<[number, string]> = [[1, "1 hour"], [4, "4 hours"], [8, "8 hours"], [24, "1 day"], [72, "3 days"]];

function SnoozeDialog({title, onAnswer, onClose}: {title: string; onAnswer: (until: Date) => void; onClose: () => void}) {
  const [until, setUntil] = useState(toInput(new Date(Date.now() + HOUR)));
  return (
    <Dialog title={title} onClose={onClose}>
      <p class="hint">It stays open, and wakes by itself.</p>
      <p class="actions">
        {DURATIONS.map(([hours, text]) => <button key={hours} type="button" onClick={() => onAnswer(new Date(Date.now() + hours * HOUR))}>{text}</button>)}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onAnswer(new Date(until));
        }}
      >
        <label for="until">Or until</label>
        <input id="until" type="datetime-local" required min={toInput(new Date())} value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
        <footer>
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary">Snooze</button>
        </footer>
      </form>
    </Dialog>
  );
}

function MergeDialog({alerts, onAnswer, onClose}: {alerts: AlertInfo[]; onAnswer: (into: string) => void; onClose: () => void}) {
  const [into, setInto] = useState(alerts[0]!.alert_id);
  return (
    <Dialog title={`Merge ${alerts.length} alerts`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onAnswer(into);
        }}
      >
        <fieldset>
          <legend>The one that stands for all of them</legend>
          {alerts.map((alert) => (
            <label key={alert.alert_id} class="choice">
              <input type="radio" name="into" checked={into === alert.alert_id} onChange={() => setInto(alert.alert_id)} />
              <Badge value={alert.severity} /> <span>{alert.title} <span class="hint">{[alert.resource?.name, `opened ${showMinute(Date.parse(alert.created_at))}`].filter(Boolean).join(", ")}</span></span>
            </label>
          ))}
        </fieldset>
        <p class="hint">The others are found by their ids only. This cannot be undone.</p>
        <footer>
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary">Merge</button>
        </footer>
      </form>
    </Dialog>
  );
}
