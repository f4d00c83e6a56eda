import type { TrackBatch, TrackEvent, TrackEventType } from '../shared/api.ts';

export interface TelemetryOptions {
  code: string;
  /** Absent: nothing is collected. */
  url: string | undefined;
  /** Hands one batch to the browser; false when it won't take it now. */
  send(url: string, body: string): boolean;
  newId(): string;
  now(): Date;
  /** Runs `run` after a while; the viewer passes `setTimeout`. */
  later(run: () => void, milliseconds: number): void;
}

export interface Telemetry {
  record(type: TrackEventType, about?: { targetId?: string; value?: number; reason?: string }): void;
  /** From now on batches leave by themselves. Before, nothing is sent: no function is called before the first AR frame. */
  open(): void;
  /** Sends what waits, opened or not: the page is being left. */
  flush(): void;
}

const BATCH_EVENTS = 100;
const BATCH_DELAY_MS = 4000;
/** Events kept while nothing can be sent; the oldest go first. */
const WAITING_EVENTS = 400;

/**
 * Collects events and sends them in batches. An event keeps its id until the browser has taken it, so one that
 * is handed over twice is counted once.
 */
export function createTelemetry({ code, url, send, newId, now, later }: TelemetryOptions): Telemetry {
  const sessionId = newId();
  const waiting: TrackEvent[] = [];
  let opened = false;
  let scheduled = false;

  function flush(): void {
    if (url === undefined) return;
    while (waiting.length > 0) {
      const batch: TrackBatch = { code, sessionId, events: waiting.slice(0, BATCH_EVENTS) };
      if (!send(url, JSON.stringify(batch))) return schedule();
      waiting.splice(0, batch.events.length);
    }
  }

  function schedule(): void {
    if (!opened || scheduled || waiting.length === 0) return;
    scheduled = true;
    later(() => {
      scheduled = false;
      flush();
    }, BATCH_DELAY_MS);
  }

  return {
    record(type, about) {
      if (url === undefined) return;
      waiting.push({ id: newId(), type, at: now().toISOString(), ...about });
      if (waiting.length > WAITING_EVENTS) waiting.shift();
      schedule();
    },
    open() {
      opened = true;
      schedule();
    },
    flush,
  };
}

/** `sendBeacon`, or a fetch that outlives the page where there is none. */
export function sendBatch(url: string, body: string): boolean {
  if (typeof navigator.sendBeacon === 'function') return navigator.sendBeacon(url, body);
  fetch(url, { method: 'POST', body, keepalive: true }).catch(() => undefined);
  return true;
}
