/** Values of the events with their counts; a click shows only events with a value, or those without it. */
import {useState} from "preact/hooks";
import {FACETS, NAMES, type Counts, type Facet, type Filters} from "./events";
import {SEVERITIES, tone} from "./ui";

const SHOWN = 6;

interface Props {
  counts: Counts | null;
  filters: Filters;
  name: (field: string, value: string) => string;
  onToggle: (kind: "is" | "not", field: string, value: string) => void;
}

export function Facets({counts, filters, name, onToggle}: Props) {
  return (
    <div class="facets">
      {FACETS.map((field) => (
        <FacetValues key={field} field={field} values={counts && ordered(field, counts.facets.get(field) ?? [])} filters={filters} name={name} onToggle={onToggle} />
      ))}
    </div>
  );
}

function ordered(field: Facet, values: Array<[string, number]>): Array<[string, number]> {
  if (field !== "severity") return values;
  const known: readonly string[] = SEVERITIES;
  return [...values].sort((one, other) => known.indexOf(one[0]) - known.indexOf(other[0]));
}

function FacetValues({field, values, filters, name, onToggle}: Omit<Props, "counts"> & {field: Facet; values: Array<[string, number]> | null}) {
  const [all, setAll] = useState(false);
  if (values === null) {
    return <fieldset aria-busy="true"><legend>{NAMES[field]}</legend><p class="hint placeholder">…</p></fieldset>;
  }
  const total = values.reduce((sum, [, count]) => sum + count, 0);
  const shown = all ? values : values.slice(0, SHOWN);
  return (
    <fieldset>
      <legend>{NAMES[field]}</legend>
      {values.length === 0 && <p class="hint">no events</p>}
      <ul>
        {shown.map(([value, count]) => {
          const isIn = filters.is.get(field)?.includes(value) ?? false;
          const isOut = filters.not.get(field)?.includes(value) ?? false;
          const text = value === "" ? "(none)" : name(field, value);
          const coloured = field === "severity" || field === "event_type";
          return (
            <li key={value} class={isOut ? "out" : ""}>
              <label title={value}>
                <input type="checkbox" checked={isIn} onChange={() => onToggle("is", field, value)} />
                {coloured && <i class={`dot ${tone(field === "event_type" && value === "ERROR" ? "CRITICAL" : value)}`} />}
                <span class="facet-name">{text}</span>
                <span class="facet-count">{count.toLocaleString("en")}</span>
                <span class="share" style={{width: `${total === 0 ? 0 : (count / total) * 100}%`}} />
              </label>
              <button type="button" class="quiet exclude" aria-pressed={isOut} aria-label={`not ${text}`} title="Exclude" onClick={() => onToggle("not", field, value)}>
                not
              </button>
            </li>
          );
        })}
      </ul>
      {values.length > SHOWN && (
        <button type="button" class="quiet more" aria-expanded={all} onClick={() => setAll(!all)}>{all ? "Fewer" : `${values.length - SHOWN} more`}</button>
      )}
    </fieldset>
  );
}
