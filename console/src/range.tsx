/** The choice of a range of time: relative to now, or from one minute to another. */
import {useEffect, useRef, useState} from "preact/hooks";
import {change, route} from "./route";
import {DEFAULT_RANGE, RANGES, isAbsolute, rangeOf, showRange, toInput, zone, type Range} from "./time";

export function setRange({from, to}: Range): void {
  change({range: null, from: from.toISOString(), to: to.toISOString(), live: null});
}

export function RangeChoice({range}: {range: Range}) {
  const {params} = route.value;
  const absolute = isAbsolute(params);
  const [open, setOpen] = useState(false);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const now = rangeOf(params, new Date());
    setFrom(toInput(now.from));
    setTo(toInput(now.to));
    const close = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", close);
    return () => removeEventListener("pointerdown", close);
  }, [open]);
  const relative = RANGES.find(([value]) => value === (params.get("range") ?? DEFAULT_RANGE));
  const valid = new Date(from) < new Date(to);
  return (
    <div
      class="range"
      ref={box}
      onKeyDown={(event) => {
        if (event.key === "Escape" && open) {
          setOpen(false);
          box.current?.querySelector("button")?.focus();
        }
      }}
    >
      <button type="button" aria-expanded={open} aria-haspopup="true" onClick={() => setOpen(!open)}>
        {absolute ? showRange(range) : relative?.[1] ?? `Last ${params.get("range")}`} <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <div class="panel">
          <ul>
            {RANGES.map(([value, text]) => (
              <li key={value}>
                <button
                  type="button"
                  class="quiet"
                  aria-pressed={!absolute && relative?.[0] === value}
                  onClick={() => {
                    change({range: value === DEFAULT_RANGE ? null : value, from: null, to: null});
                    setOpen(false);
                  }}
                >
                  {text}
                </button>
              </li>
            ))}
          </ul>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (!valid) return;
              setRange({from: new Date(from), to: new Date(to)});
              setOpen(false);
            }}
          >
            <label for="range-from">From</label>
            <input id="range-from" type="datetime-local" value={from} required onInput={(event) => setFrom(event.currentTarget.value)} />
            <label for="range-to">To</label>
            <input id="range-to" type="datetime-local" value={to} required onInput={(event) => setTo(event.currentTarget.value)} />
            <p class="hint">Times are those of {zone}.</p>
            <button type="submit" class="primary" disabled={!valid}>Show</button>
          </form>
        </div>
      )}
    </div>
  );
}
