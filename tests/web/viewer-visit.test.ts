import { describe, expect, test, vi } from 'vitest';
import type { TrackBatch } from '../../static-webxr/shared/api.ts';
import { createAttention } from '../../static-webxr/viewer/attention.ts';
import { ABSENT_AFTER_MS, createPresence } from '../../static-webxr/viewer/presence.ts';
import { createRecovery } from '../../static-webxr/viewer/recovery.ts';
import { next, type State, type StateEvent } from '../../static-webxr/viewer/states.ts';
import { createTelemetry } from '../../static-webxr/viewer/telemetry.ts';

describe('a visit', () => {
  const after = (...events: (StateEvent | StateEvent['type'])[]): State =>
    events.reduce<State>((state, event) => next(state, (typeof event === 'string' ? { type: event } : event) as StateEvent), { name: 'loading' });
  const fallBack: StateEvent = { type: 'fall-back', reason: 'camera-denied' };

  test('goes from the link to the video on the picture', () => {
    expect(after('manifest-ready')).toEqual({ name: 'welcome' });
    expect(after('manifest-ready', 'start')).toEqual({ name: 'starting' });
    expect(after('manifest-ready', 'start', 'camera-ready')).toEqual({ name: 'searching' });
    expect(after('manifest-ready', 'start', 'camera-ready', 'found')).toEqual({ name: 'playing' });
    expect(after('manifest-ready', 'start', 'camera-ready', 'found', 'lost')).toEqual({ name: 'searching' });
  });
  test('asks for no camera until somebody starts it', () => {
    for (const event of ['camera-ready', 'found', 'hidden', 'seen'] as const) expect(after('manifest-ready', event).name).toBe('welcome');
  });
  test('plays the video when the camera is refused, and tries again when asked', () => {
    expect(after('manifest-ready', 'start', fallBack)).toEqual({ name: 'player', reason: 'camera-denied' });
    expect(after('manifest-ready', 'start', fallBack, 'start')).toEqual({ name: 'starting' });
  });
  test('plays the video for whoever prefers that, without naming a reason', () => {
    expect(after('manifest-ready', 'just-play')).toEqual({ name: 'player' });
    expect(after('manifest-ready', 'start', 'camera-ready', 'just-play')).toEqual({ name: 'player' });
  });
  test('says so when the plain video fails too, once', () => {
    const videoFailed: StateEvent = { type: 'fall-back', reason: 'video-failed' };
    const state = after('manifest-ready', 'just-play', videoFailed);
    expect(state).toEqual({ name: 'player', reason: 'video-failed' });
    expect(next(state, videoFailed)).toBe(state);
  });
  test('rests while the page is hidden, and starts the camera again when it is seen', () => {
    expect(after('manifest-ready', 'start', 'camera-ready', 'found', 'hidden')).toEqual({ name: 'resting' });
    expect(after('manifest-ready', 'start', 'camera-ready', 'found', 'hidden', 'seen')).toEqual({ name: 'starting' });
  });
  test('is not put to rest by the permission prompt that hides the page', () => {
    expect(after('manifest-ready', 'start', 'hidden')).toEqual({ name: 'starting' });
  });
  test('starts anew when the camera is changed or taken away', () => {
    expect(after('manifest-ready', 'start', 'camera-ready', 'found', 'camera-restarts')).toEqual({ name: 'starting' });
    expect(after('manifest-ready', 'camera-restarts').name).toBe('welcome');
  });
  test('waits for a camera that was taken away, and goes on, starts anew, or plays the video as asked', () => {
    const interrupted = ['manifest-ready', 'start', 'camera-ready', 'found', 'camera-gone'] as const;
    expect(after(...interrupted)).toEqual({ name: 'interrupted' });
    expect(after(...interrupted, 'found')).toEqual({ name: 'interrupted' });
    expect(after(...interrupted, 'camera-ready')).toEqual({ name: 'searching' });
    expect(after(...interrupted, 'start')).toEqual({ name: 'starting' });
    expect(after(...interrupted, 'just-play')).toEqual({ name: 'player' });
    expect(after(...interrupted, 'hidden', 'seen')).toEqual({ name: 'starting' });
    expect(after('manifest-ready', 'start', 'camera-ready', 'start')).toEqual({ name: 'searching' });
  });
  test('ends where nothing can be shown', () => {
    const stopped = after({ type: 'manifest-failed', reason: 'manifest-missing' }, 'start', 'found', 'manifest-ready');
    expect(stopped).toEqual({ name: 'stopped', reason: 'manifest-missing' });
  });
  test('gives back the same state for an event that changes nothing', () => {
    const state: State = { name: 'searching' };
    expect(next(state, { type: 'lost' })).toBe(state);
  });
});

describe('a picture in view', () => {
  const matrix = new Float32Array(16).fill(7);
  const seen = { state: 'tracking', matrix } as const;
  const gone = { state: 'searching', matrix: new Float32Array(16) } as const;

  test('keeps its last pose while it fades, and is absent only after a while', () => {
    const presence = createPresence();
    expect(presence.update(seen, 1000)).toBe(true);
    for (let ms = 1033; ms < 1300; ms += 33) presence.update(seen, ms);
    expect(presence.opacity).toBe(1);
    presence.update(gone, 1400);
    expect(presence.opacity).toBeGreaterThan(0);
    expect(presence.opacity).toBeLessThan(1);
    presence.update(gone, 1700);
    expect(presence.opacity).toBe(0);
    expect(presence.present).toBe(true);
    expect(presence.matrix[0]).toBe(7);
    expect(presence.update(gone, 1297 + ABSENT_AFTER_MS + 1)).toBe(true);
    expect(presence.present).toBe(false);
  });
  test('stays fully visible while its pose is held', () => {
    const presence = createPresence();
    for (let ms = 0; ms < 400; ms += 33) presence.update(seen, ms);
    for (let ms = 400; ms < 800; ms += 33) presence.update({ state: 'held', matrix }, ms);
    expect(presence.opacity).toBe(1);
  });
  test('stays where the phone’s motion says it is, for as long as it says so, and is then gone at once', () => {
    const presence = createPresence();
    for (let ms = 0; ms < 400; ms += 33) presence.update(seen, ms);
    const carried = { state: 'bridged', matrix: new Float32Array(16).fill(9) } as const;
    for (let ms = 400; ms < 3000; ms += 33) expect(presence.update(carried, ms)).toBe(false);
    expect(presence).toMatchObject({ present: true, seen: false, opacity: 1 });
    expect(presence.matrix[0]).toBe(9);
    expect(presence.update(gone, 3033)).toBe(true);
    expect(presence.present).toBe(false);
  });
  test('that flickers does not come and go', () => {
    const presence = createPresence();
    let changes = 0;
    for (let i = 0; i < 60; i++) changes += Number(presence.update(i % 3 === 0 ? seen : gone, i * 33));
    expect(changes).toBe(1);
  });
});

describe('attention', () => {
  const at = (x: number, seen = true) => {
    const matrix = new Float32Array(16);
    matrix[12] = x;
    matrix[14] = -2;
    return { seen, matrix };
  };

  test('goes to the picture nearest to the middle, and stays while another is hardly nearer or only for a moment', () => {
    const attention = createAttention(2);
    expect(attention.choose(0)).toBe(-1);
    const look = (first: number, second: number, ms: number) => {
      attention.see(0, at(first));
      attention.see(1, at(second));
      return attention.choose(ms);
    };
    expect(look(0.4, -0.6, 0)).toBe(0);
    for (let ms = 33; ms < 2000; ms += 33) expect(look(0.5, -0.45, ms)).toBe(0);
    expect(look(0.9, 0.1, 2000)).toBe(0);
    expect(look(0.3, 0.7, 2100)).toBe(0);
    expect(look(0.9, 0.1, 2133)).toBe(0);
    expect(look(0.9, 0.1, 2500)).toBe(1);
  });
  test('turns at once when its picture is gone and another is there, and stays when none is', () => {
    const attention = createAttention(2);
    attention.see(0, at(0));
    expect(attention.choose(0)).toBe(0);
    attention.see(0, at(0, false));
    expect(attention.choose(33)).toBe(0);
    attention.see(1, at(0.8));
    expect(attention.choose(66)).toBe(1);
  });
});

describe('a camera that was taken away', () => {
  test('is asked for after 1, 2, 4 and then every 8 seconds, and after some peace after 1 second again', () => {
    vi.useFakeTimers();
    try {
      const pauses: number[] = [];
      let plannedMs = performance.now();
      const recovery = createRecovery(() => {
        pauses.push(performance.now() - plannedMs);
        plannedMs = performance.now();
        if (pauses.length < 6) recovery.next();
      });
      recovery.next();
      vi.advanceTimersByTime(60_000);
      expect(pauses).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
      plannedMs = performance.now();
      recovery.next();
      vi.advanceTimersByTime(999);
      recovery.stop();
      vi.advanceTimersByTime(60_000);
      expect(pauses).toHaveLength(6);
      plannedMs = performance.now();
      recovery.next();
      vi.advanceTimersByTime(60_000);
      expect(pauses.at(-1)).toBe(1000);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('telemetry', () => {
  function setUp({ url = '/track' as string | null, takes = (): boolean => true } = {}) {
    const batches: TrackBatch[] = [];
    const timers: (() => void)[] = [];
    let ids = 0;
    const telemetry = createTelemetry({
      code: 'abc',
      url: url ?? undefined,
      send: (_url, body) => {
        batches.push(JSON.parse(body) as TrackBatch);
        return takes();
      },
      newId: () => `id-${ids++}`,
      now: () => new Date(0),
      later: (run) => timers.push(run),
    });
    const pass = () => timers.splice(0).forEach((run) => run());
    return { telemetry, batches, pass };
  }

  test('sends nothing before it is opened, then everything at once', () => {
    const { telemetry, batches, pass } = setUp();
    telemetry.record('view_started');
    telemetry.record('camera_started');
    pass();
    expect(batches).toHaveLength(0);
    telemetry.open();
    telemetry.record('marker_detected', { targetId: 't', value: 12 });
    expect(batches).toHaveLength(0);
    pass();
    expect(batches).toHaveLength(1);
    expect(batches[0]!.events.map((e) => e.type)).toEqual(['view_started', 'camera_started', 'marker_detected']);
    expect(batches[0]!.events[2]).toMatchObject({ targetId: 't', value: 12, at: '1970-01-01T00:00:00.000Z' });
  });
  test('keeps the ids of events that the browser would not take, so that twice counts once', () => {
    let takes = false;
    const { telemetry, batches, pass } = setUp({ takes: () => takes });
    telemetry.open();
    telemetry.record('view_started');
    pass();
    takes = true;
    pass();
    expect(batches).toHaveLength(2);
    expect(batches[1]).toEqual(batches[0]);
    telemetry.flush();
    expect(batches).toHaveLength(2);
  });
  test('sends batches of at most a hundred events, each event once, all of one session', () => {
    const { telemetry, batches } = setUp();
    for (let i = 0; i < 250; i++) telemetry.record('marker_detected');
    telemetry.flush();
    expect(batches.map((b) => b.events.length)).toEqual([100, 100, 50]);
    expect(new Set(batches.flatMap((b) => b.events.map((e) => e.id))).size).toBe(250);
    expect(new Set(batches.map((b) => b.sessionId)).size).toBe(1);
  });
  test('leaves with the page even when no frame was ever shown', () => {
    const { telemetry, batches } = setUp();
    telemetry.record('failed', { reason: 'camera-denied' });
    telemetry.flush();
    expect(batches[0]!.events[0]).toMatchObject({ type: 'failed', reason: 'camera-denied' });
  });
  test('does nothing for a link without telemetry', () => {
    const { telemetry, batches, pass } = setUp({ url: null });
    telemetry.open();
    telemetry.record('view_started');
    telemetry.flush();
    pass();
    expect(batches).toHaveLength(0);
  });
});
