/** JSON as a tree to fold and search. Keys and values are a sender's, so they are only ever text. */
import {useMemo, useState} from "preact/hooks";
import {isObject, type Json} from "./api";

const OPEN_LEVELS = 2;
const OPEN_CHILDREN = 30;
const MOST_CHILDREN = 200;

export function Tree({value, name}: {value: Json; name: string}) {
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<boolean | null>(null);
  const word = search.trim().toLowerCase();
  const found = useMemo(() => (word ? count(value, word) : 0), [value, word]);
  return (
    <div class="tree">
      <div class="tree-tools">
        <input
          type="search"
          aria-label={`Search ${name}`}
          placeholder="Search"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <button type="button" onClick={() => setOpen(true)}>Unfold all</button>
        <button type="button" onClick={() => setOpen(false)}>Fold all</button>
        <span role="status" class="tree-found">{word && `${found} found`}</span>
      </div>
      <Node key={`${open}`} label="" value={value} level={0} word={word} all={open} />
    </div>
  );
}

function Node({label, value, level, word, all}: {label: string; value: Json; level: number; word: string; all: boolean | null}) {
  const children = entries(value);
  const [open, setOpen] = useState(all ?? (level < OPEN_LEVELS && (children?.length ?? 0) <= OPEN_CHILDREN));
  const [shown, setShown] = useState(MOST_CHILDREN);
  if (!children || children.length === 0) {
    return <div class="leaf"><Label label={label} word={word} /><Scalar value={value} word={word} /></div>;
  }
  const isOpen = word ? open || count(value, word) > 0 : open;
  return (
    <div class="node">
      {level > 0 && (
        <button type="button" class="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span aria-hidden="true">{isOpen ? "▾" : "▸"}</span>
          <Label label={label} word={word} />
          <span class="size">{Array.isArray(value) ? `[${children.length}]` : `{${children.length}}`}</span>
        </button>
      )}
      {(isOpen || level === 0) && (
        <div class={level > 0 ? "inner" : ""}>
          {children.slice(0, shown).map(([key, child]) => <Node key={key} label={key} value={child} level={level + 1} word={word} all={all} />)}
          {children.length > shown && (
            <button type="button" onClick={() => setShown(shown + MOST_CHILDREN)}>{children.length - shown} more</button>
          )}
        </div>
      )}
    </div>
  );
}

function Label({label, word}: {label: string; word: string}) {
  return label === "" ? null : <span class="key"><Marked text={label} word={word} />: </span>;
}

function Scalar({value, word}: {value: Json; word: string}) {
  const kind = value === null ? "null" : Array.isArray(value) ? "empty" : typeof value;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return <span class={`value-${kind}`}><Marked text={text} word={word} /></span>;
}

function Marked({text, word}: {text: string; word: string}) {
  const at = word ? text.toLowerCase().indexOf(word) : -1;
  if (at < 0) return <>{text}</>;
  return <>{text.slice(0, at)}<mark>{text.slice(at, at + word.length)}</mark>{text.slice(at + word.length)}</>;
}

function entries(value: Json): Array<[string, Json]> | null {
  if (Array.isArray(value)) return value.map((child, index) => [String(index), child]);
  return isObject(value) ? Object.entries(value) : null;
}

/** Count the keys and values that contain a word. */
function count(value: Json, word: string): number {
  const children = entries(value);
  if (!children) return String(value).toLowerCase().includes(word) ? 1 : 0;
  const named = isObject(value);
  return children.reduce((sum, [key, child]) => sum + (named && key.toLowerCase().includes(word) ? 1 : 0) + count(child, word), 0);
}
