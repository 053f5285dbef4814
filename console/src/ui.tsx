/** The small parts that every view uses. */
import {signal} from "@preact/signals";
import type {ComponentChildren} from "preact";
import {useEffect, useRef, useState} from "preact/hooks";
import {messageOf} from "./api";
import {ago, clock, showFull} from "./time";

export const SEVERITIES = ["CRITICAL", "ERROR", "WARNING", "INFO", "NOT_AVAILABLE", "NONE"] as const;

export function label(value: string): string {
  const words = value.replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The label of a known word, or a value as it is. An event of type ERROR says that its delivery could not be read. */
export function shownValue(field: string, value: string): string {
  if (field === "event_type" && value === "ERROR") return "Unreadable";
  return field === "severity" || field === "event_type" ? label(value) : value;
}

/** The class of a known severity, type or state; values of senders make no class names. */
export function tone(value: string): string {
  return /^(CRITICAL|ERROR|WARNING|INFO|NOT_AVAILABLE|NONE|ALERT|RECOVERY|TRIGGERED|ACKNOWLEDGED|RESOLVED|HIGH|LOW|ENABLED|DISABLED|SNOOZED|VALID|EXPIRED|REVOKED)$/.test(value)
    ? `tone-${value.toLowerCase().replace("_", "-")}`
    : "tone-none";
}

export function Badge({value}: {value: string}) {
  return <span class={`badge ${tone(value)}`}>{label(value)}</span>;
}

/** What kind of event it is: an alarm by its severity, the end of one, or a report. */
export function Kind({type, severity}: {type: string; severity: string}) {
  if (type === "ERROR") return <span class={`badge ${tone(severity)}`}>Unreadable</span>;
  if (type !== "RECOVERY") return <Badge value={severity} />;
  const isRated = severity !== "INFO" && severity !== "NONE";
  return <><Badge value="RECOVERY" />{isRated && <span class="was">was {label(severity).toLowerCase()}</span>}</>;
}

export function Age({at}: {at: string | undefined}) {
  if (!at) return null;
  return <time dateTime={at} title={showFull(Date.parse(at))}>{ago(Date.parse(at), clock.value)}</time>;
}

export function Moment({at}: {at: string | undefined}) {
  if (!at) return null;
  const instant = Date.parse(at);
  if (Number.isNaN(instant)) return <>{at}</>;
  return <time dateTime={at} title={at}>{showFull(instant)}</time>;
}

export function Failure({error, retry}: {error: unknown; retry?: () => void}) {
  return (
    <div class="failure" role="alert">
      <p>{messageOf(error)}</p>
      {retry && <button type="button" onClick={retry}>Try again</button>}
    </div>
  );
}

export function Empty({title, children}: {title: string; children?: ComponentChildren}) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function Waiting({what}: {what: string}) {
  return <p class="waiting" role="status">Loading {what} …</p>;
}

/** Whether a click is meant for the row that it is in: neither for a control in it, nor the end of selecting text. */
export function isOnRow(click: MouseEvent): boolean {
  return !(click.target as Element).closest("button, a, input, label") && (getSelection()?.isCollapsed ?? true);
}

// --- messages that pass -----------------------------------------------------------------------------------------------

const messages = signal<Array<{id: number; text: string; bad: boolean}>>([]);
let next = 0;

export function say(text: string, bad = false): void {
  const id = next++;
  messages.value = [...messages.value, {id, text, bad}].slice(-4);
  setTimeout(() => {
    messages.value = messages.value.filter((message) => message.id !== id);
  }, bad ? 12_000 : 5_000);
}

/** Do something for the user; report how it ended. Returns whether it worked. */
export async function attempt(work: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await work();
  } catch (error) {
    say(messageOf(error), true);
    return false;
  }
  if (done) say(done);
  return true;
}

export function Messages() {
  return (
    <div class="messages" role="status" aria-live="polite">
      {messages.value.map(({id, text, bad}) => <p key={id} class={bad ? "bad" : ""}>{text}</p>)}
    </div>
  );
}

// --- copying ------------------------------------------------------------------------------------------------------------

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
  } catch {
    say("The browser does not permit copying here.", true);
  }
}

export function CopyButton({text, children = "Copy"}: {text: string | (() => string); children?: ComponentChildren}) {
  return <button type="button" onClick={() => void copy(typeof text === "string" ? text : text())}>{children}</button>;
}

// --- dialogs ------------------------------------------------------------------------------------------------------------

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** The browser's own modal dialog: it keeps the focus inside, and Escape closes it. */
export function Dialog({title, onClose, children}: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    element.current?.showModal();
    // Not the button that closes it, which comes first.
    element.current?.querySelector<HTMLElement>("input, textarea, select, footer button")?.focus();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby="dialog-title"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 id="dialog-title">{title}</h2>
          <button type="button" class="quiet" aria-label="Close" onClick={onClose}>✕</button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface AskProps {
  title: string;
  name: string;
  /** Whether a time is asked for, and not a text. */
  time?: boolean;
  value?: string;
  action: string;
  required?: boolean;
  long?: boolean;
  hint?: string;
  onAnswer: (text: string) => void;
  onClose: () => void;
}

/** Ask for one text. */
export function AskDialog({title, name, time, value = "", action, required = true, long, hint, onAnswer, onClose}: AskProps) {
  const [text, setText] = useState(value);
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          onAnswer(text.trim());
        }}
      >
        <label for="answer">{name}</label>
        {long
          ? <textarea id="answer" rows={4} required={required} value={text} onInput={(event) => setText(event.currentTarget.value)} />
          : time
            ? <input id="answer" type="datetime-local" required={required} value={text} onInput={(event) => setText(event.currentTarget.value)} />
            : <input id="answer" type="text" required={required} autocomplete="off" value={text} onInput={(event) => setText(event.currentTarget.value)} />}
        {hint && <p class="hint">{hint}</p>}
        <footer>
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary">{action}</button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Ask for one of a few values. */
export function ChoiceDialog<T extends string | number>({title, legend, choices, value, action, onAnswer, onClose}: {
  title: string;
  legend: string;
  choices: ReadonlyArray<readonly [T, string]>;
  value: T;
  action: string;
  onAnswer: (value: T) => void;
  onClose: () => void;
}) {
  const [chosen, setChosen] = useState(value);
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => {
        event.preventDefault();
        onAnswer(chosen);
      }}>
        <fieldset>
          <legend>{legend}</legend>
          {choices.map(([one, text]) => (
            <label key={one} class="choice"><input type="radio" name="choice" checked={chosen === one} onChange={() => setChosen(one)} /> {text}</label>
          ))}
        </fieldset>
        <footer>
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary">{action}</button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Ask whether something that cannot be undone should be done. */
export function ConfirmDialog({title, children, action, onConfirm, onClose}: {
  title: string;
  children: ComponentChildren;
  action: string;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <footer>
        <button type="button" onClick={onClose}>Cancel</button>
        <button type="button" class="danger" onClick={onConfirm}>{action}</button>
      </footer>
    </Dialog>
  );
}
