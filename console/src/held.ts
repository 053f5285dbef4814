/** Rows that others change while somebody reads them: each shows its latest state at once, and none moves. */
import {useRef, useState} from "preact/hooks";
import type {AlertInfo} from "./alerts";

/** What the API answered last. */
export interface Latest {
  /** The question: rows of another one replace those that are shown. */
  key: string;
  alerts: AlertInfo[];
  /** Whether no alert is left out, so that one that is absent is not open any more. */
  isComplete: boolean;
}

export interface Held {
  alerts: AlertInfo[];
  /** How many others there are by now. */
  arrived: number;
  /** Ids of rows that are not open any more. */
  gone: ReadonlySet<string>;
  /** Show what there is by now. */
  release: () => void;
}

/**
 * Keep rows in their places while `isRead`.
 *
 * The user's own changes, of which `isMine` knows, show at once.
 */
export function useHeld(latest: Latest | null, isRead: () => boolean, isMine: (id: string) => boolean): Held {
  const shown = useRef<{key: string; alerts: AlertInfo[]} | null>(null);
  const [, redraw] = useState(0);
  const before = shown.current;
  const release = () => {
    shown.current = null;
    redraw((count) => count + 1);
  };
  if (!latest) return {alerts: before?.alerts ?? [], arrived: 0, gone: new Set(), release};
  const fresh = new Map(latest.alerts.map((alert) => [alert.alert_id, alert]));
  if (before?.key === latest.key && before.alerts.length > 0 && isRead()) {
    const known = new Set(before.alerts.map(({alert_id}) => alert_id));
    const arrived = [...fresh.keys()].filter((id) => !known.has(id));
    const gone = latest.isComplete ? [...known].filter((id) => !fresh.has(id)) : [];
    if (![...arrived, ...gone].some(isMine)) {
      const alerts = before.alerts.map((alert) => fresh.get(alert.alert_id) ?? alert);
      shown.current = {key: latest.key, alerts};
      return {alerts, arrived: arrived.length, gone: new Set(gone), release};
    }
  }
  shown.current = {key: latest.key, alerts: latest.alerts};
  return {alerts: latest.alerts, arrived: 0, gone: new Set(), release};
}
