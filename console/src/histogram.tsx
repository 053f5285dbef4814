/** Events over time: stacked bars, brushed with the pointer or the arrow keys to zoom. */
import {useEffect, useMemo, useRef, useState} from "preact/hooks";
import {OTHERS, type Facet, type Histogram as Counted} from "./events";
import {showMinute, showRange, ticks, type Range} from "./time";
import {SEVERITIES, label, shownValue, tone} from "./ui";

const HEIGHT = 132;
const BOTTOM = 20;
const TOP = 8;
const LEFT = 44;
const RIGHT = 8;
const DRAGGED = 4;

interface Props {
  counted: Counted;
  by: Facet;
  name: (value: string) => string;
  chosen: readonly string[];
  onZoom: (range: Range) => void;
  onValue: (value: string) => void;
}

export function Histogram({counted, by, name, chosen, onZoom, onValue}: Props) {
  const figure = useRef<HTMLDivElement>(null);
  const width = useWidth(figure);
  const [cursor, setCursor] = useState<number | null>(null);
  const [anchor, setAnchor] = useState<number | null>(null);
  const {bars} = counted;
  const values = useMemo(() => stacked(counted.values, by), [counted, by]);
  const most = Math.max(1, ...bars.map((bar) => bar.total));
  const scale = niceTop(most);
  const start = counted.range.from.getTime();
  const length = counted.range.to.getTime() - start;
  const x = (at: Date | number) => LEFT + ((Number(at) - start) / length) * (width - LEFT - RIGHT);
  const y = (count: number) => TOP + (1 - count / scale) * (HEIGHT - TOP - BOTTOM);
  const inside = (at: Date) => Math.min(Math.max(x(at), LEFT), width - RIGHT);

  const barAt = (clientX: number) => {
    const box = figure.current!.getBoundingClientRect();
    const at = start + ((clientX - box.left - LEFT) / (width - LEFT - RIGHT)) * length;
    const index = bars.findIndex((bar) => at < bar.to.getTime());
    return index < 0 ? bars.length - 1 : index;
  };
  const zoom = (one: number, other: number) => {
    const first = bars[Math.min(one, other)];
    const last = bars[Math.max(one, other)];
    setAnchor(null);
    if (first && last) onZoom({from: later(first.from, counted.range.from), to: earlier(last.to, counted.range.to)});
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = bars.length - 1;
    const at = cursor ?? last;
    const next = {ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last}[event.key];
    if (next !== undefined) {
      if (event.shiftKey && anchor === null) setAnchor(at);
      if (!event.shiftKey) setAnchor(null);
      setCursor(cursor === null ? last : Math.min(Math.max(next, 0), last));
    } else if (event.key === "Enter" && cursor !== null) {
      zoom(anchor ?? cursor, cursor);
    } else if (event.key === "Escape") {
      setAnchor(null);
      setCursor(null);
    } else {
      return;
    }
    event.preventDefault();
  };

  const current = cursor === null ? null : bars[cursor];
  const [from, to] = anchor === null || cursor === null ? [null, null] : [Math.min(anchor, cursor), Math.max(anchor, cursor)];
  const marked = from !== null && to !== null ? bars.slice(from, to + 1) : current ? [current] : [];
  const countOf = (value: string, among: typeof bars) => among.reduce((sum, bar) => sum + (bar.counts.get(value) ?? 0), 0);
  const total = bars.reduce((sum, bar) => sum + bar.total, 0);
  return (
    <div class="histogram">
      <div
        ref={figure}
        class="bars"
        tabIndex={0}
        role="group"
        aria-label={`Histogram: ${total.toLocaleString("en")} events, ${showRange(counted.range)}, a bar for each ${counted.steps.label}. Arrow keys move, with Shift they select, Enter zooms in.`}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setCursor(null);
          setAnchor(null);
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = barAt(event.clientX);
          figure.current!.dataset.start = String(event.clientX);
          setCursor(at);
          setAnchor(at);
        }}
        onPointerMove={(event) => setCursor(barAt(event.clientX))}
        onPointerUp={(event) => {
          const began = Number(figure.current!.dataset.start);
          if (anchor === null) return;
          const at = barAt(event.clientX);
          if (Math.abs(event.clientX - began) > DRAGGED) zoom(anchor, at);
          else zoom(at, at);
          setCursor(null);
        }}
        onPointerCancel={() => setAnchor(null)}
        onPointerLeave={() => {
          if (anchor === null) setCursor(null);
        }}
      >
        {width > 0 && (
          <svg width={width} height={HEIGHT} aria-hidden="true" focusable="false">
            {[0, scale / 2, scale].filter((count) => Number.isInteger(count)).map((count) => (
              <g key={count}>
                <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(count)} y2={y(count)} />
                <text class="axis" x={LEFT - 6} y={y(count) + 4} text-anchor="end">{short(count)}</text>
              </g>
            ))}
            {ticks(counted.range, Math.max(2, Math.floor(width / 110))).map(({at, text}) => (
              <g key={at.getTime()}>
                <line class="tick" x1={x(at)} x2={x(at)} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM + 4} />
                <text class="axis" x={Math.min(Math.max(x(at), LEFT + 24), width - RIGHT - 24)} y={HEIGHT - 4} text-anchor="middle">{text}</text>
              </g>
            ))}
            {current && <rect class="cursor" x={inside(current.from)} width={inside(current.to) - inside(current.from)} y={TOP} height={HEIGHT - TOP - BOTTOM} />}
            {bars.map((bar) => {
              const left = inside(bar.from);
              const space = inside(bar.to) - left;
              let below = 0;
              return values.map((value, index) => {
                const count = bar.counts.get(value) ?? 0;
                if (count === 0) return null;
                const base = below;
                below += count;
                const top = y(below);
                return (
                  <rect
                    key={`${bar.from.getTime()}${value}`}
                    class={`bar ${colour(value, by, index)}`}
                    x={left + Math.min(0.5, space / 8)}
                    width={Math.max(1, space - Math.min(1, space / 4))}
                    y={top}
                    height={Math.max(base === 0 ? 1.5 : 0.5, y(base) - top)}
                  />
                );
              });
            })}
            {from !== null && to !== null && (
              <rect class="brush" x={inside(bars[from]!.from)} width={inside(bars[to]!.to) - inside(bars[from]!.from)} y={TOP} height={HEIGHT - TOP - BOTTOM} />
            )}
          </svg>
        )}
        {current && width > 0 && (
          <div class={`tip ${x(current.from) > width / 2 ? "left" : ""}`} style={{[x(current.from) > width / 2 ? "right" : "left"]: `${x(current.from) > width / 2 ? width - inside(current.from) + 8 : inside(current.to) + 8}px`}}>
            <strong>{from !== null && to !== null && from !== to ? showRange({from: bars[from]!.from, to: bars[to]!.to}) : `${showMinute(current.from)}, ${counted.steps.label}`}</strong>
            {[...values].reverse().filter((value) => countOf(value, marked) > 0).map((value) => (
              <span key={value}><i class={`dot ${colour(value, by, values.indexOf(value))}`} />{named(value, by, name)}<b>{countOf(value, marked).toLocaleString("en")}</b></span>
            ))}
            {marked.every((bar) => bar.total === 0) && <span>no events</span>}
          </div>
        )}
        <p class="unseen" role="status">
          {current && document.activeElement === figure.current ? `${showMinute(current.from)}: ${current.total} events` : ""}
        </p>
      </div>
      <ul class="legend" aria-label="Values in the histogram">
        {values.map((value, index) => {
          const count = countOf(value, bars);
          const content = <><i class={`dot ${colour(value, by, index)}`} />{named(value, by, name)} <b>{count.toLocaleString("en")}</b></>;
          return (
            <li key={value}>
              {value === OTHERS || value === ""
                ? <span>{content}</span>
                : <button type="button" class="quiet" aria-pressed={chosen.includes(value)} title="Show only these" onClick={() => onValue(value)}>{content}</button>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function stacked(values: string[], by: Facet): string[] {
  if (by !== "severity") return values;
  const known: readonly string[] = SEVERITIES;
  const rank = (value: string) => (known.includes(value) ? known.indexOf(value) : known.length);
  return [...values].sort((one, other) => rank(one) - rank(other));
}

function colour(value: string, by: Facet, index: number): string {
  if (value === OTHERS) return "tone-none";
  return by === "severity" || by === "event_type" ? tone(by === "event_type" && value === "ERROR" ? "CRITICAL" : value) : `series-${index}`;
}

function named(value: string, by: Facet, name: (value: string) => string): string {
  if (value === OTHERS) return "others";
  if (value === "") return "(none)";
  return by === "severity" ? label(value) : by === "event_type" ? shownValue(by, value) : name(value);
}

function niceTop(count: number): number {
  const power = 10 ** Math.floor(Math.log10(count));
  const step = [1, 2, 4, 5, 6, 8, 10].find((each) => each * power >= count) ?? 10;
  return Math.max(2, step * power);
}

function short(count: number): string {
  return count >= 10_000 ? `${count / 1000}k` : count.toLocaleString("en");
}

const later = (one: Date, other: Date) => (one > other ? one : other);
const earlier = (one: Date, other: Date) => (one < other ? one : other);

function useWidth(element: {current: HTMLElement | null}): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}
