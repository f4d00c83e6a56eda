import { describe, expect, test } from 'vitest';
import type { TrackBatch } from '../../static-webxr/shared/api.ts';
import { ABSENT_AFTER_MS, createPresence } from '../../static-webxr/viewer/presence.ts';
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
  test('that flickers does not come and go', () => {
    const presence = createPresence();
    let changes = 0;
    for (let i = 0; i < 60; i++) changes += Number(presence.update(i % 3 === 0 ? seen : gone, i * 33));
    expect(changes).toBe(1);
  });
});

describe('telemetry', () => {
  function setUp({ url = '/track' as string | null, takes = () => true } = {}) {
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
