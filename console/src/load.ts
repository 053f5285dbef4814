/** Loading for components: the latest request counts, and what was there stays until the next answer. */
import {useCallback, useEffect, useRef, useState} from "preact/hooks";
import {isAbort} from "./api";

export interface Loaded<T> {
  data: T | null;
  error: unknown;
  loading: boolean;
  reload: () => void;
}

export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, key: string): Loaded<T> {
  const [state, setState] = useState<{data: T | null; error: unknown; loading: boolean}>({data: null, error: null, loading: true});
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const controller = new AbortController();
    setState((before) => ({...before, loading: true}));
    latest.current(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setState({data, error: null, loading: false});
      },
      (error: unknown) => {
        if (!controller.signal.aborted && !isAbort(error)) setState((before) => ({data: before.data, error, loading: false}));
      },
    );
    return () => controller.abort();
  }, [key, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  return {...state, reload};
}

/** Call a function again and again while the page is visible. */
export function useEvery(seconds: number, call: () => void, active = true): void {
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds, active]);
}
