import { describe, expect, test } from 'vitest';
import type { ManifestVideoRendition } from '../../static-webxr/shared/manifest.ts';
import { betterThan, cameraReason, indistinct, switchable } from '../../static-webxr/viewer/camera-choice.ts';
import { codeFromPath, readManifest } from '../../static-webxr/viewer/manifest.ts';
import { REASONS, wordsFor, type Reason } from '../../static-webxr/viewer/reasons.ts';
import { renditionsByFit, type Playback } from '../../static-webxr/viewer/rendition.ts';

const rendition = (lines: number, bitsPerSecond: number): ManifestVideoRendition => ({
  url: `/${lines}.mp4`,
  widthPx: (lines * 16) / 9,
  heightPx: lines,
  bitsPerSecond,
  codecs: `avc1.${lines}`,
  bytes: 1,
});
const ladder = [rendition(1080, 5e6), rendition(720, 2.5e6), rendition(480, 1e6)];
const phone: Playback = { screenShortSide: 390, pixelRatio: 3, canPlayType: () => 'probably' };
const lines = (playback: Partial<Playback>, of = ladder) => renditionsByFit(of, { ...phone, ...playback }).map((r) => Math.min(r.heightPx, r.widthPx));

describe('the rendition of a video', () => {
  test('is 720 lines on a phone, then smaller, then larger', () => expect(lines({})).toEqual([720, 480, 1080]));
  test('is 1080 lines on a large screen', () => expect(lines({ screenShortSide: 1080, pixelRatio: 1 })[0]).toBe(1080));
  test('is 480 lines when data is to be saved', () => expect(lines({ connection: { saveData: true } })[0]).toBe(480));
  test('is 480 lines on a slow line', () => expect(lines({ connection: { effectiveType: '3g' } })[0]).toBe(480));
  test('fits the measured line', () => expect(lines({ connection: { effectiveType: '4g', downlink: 2 } })[0]).toBe(480));
  test('is the smallest when none fits', () => expect(lines({ connection: { downlink: 0.1 } })).toEqual([480, 720, 1080]));
  test('counts the shorter side of upright videos', () => {
    const upright = ladder.map((r) => ({ ...r, widthPx: r.heightPx, heightPx: r.widthPx }));
    expect(lines({}, upright)[0]).toBe(720);
  });
  test('is one the browser can play', () => {
    expect(lines({ canPlayType: (type) => (type.includes('avc1.720') ? '' : 'maybe') })).toEqual([480, 1080]);
  });
  test('is tried anyway when the browser says it can play none', () => expect(lines({ canPlayType: () => '' })[0]).toBe(720));
});

describe('the camera', () => {
  const plain = (label: string) => ({ label, deviceId: label });
  const named = (...labels: string[]) => labels.map(plain);

  test('that opened stays when it is the plain back camera', () => {
    expect(betterThan(plain('Back Camera'), named('Front Camera', 'Back Ultra Wide Camera', 'Back Camera'))).toBeUndefined();
    expect(betterThan(plain('camera2 0, facing back'), named('camera2 1, facing front', 'camera2 2, facing back', 'camera2 0, facing back'))).toBeUndefined();
  });
  test('is changed from a composite or ultra-wide one to the main one', () => {
    const iphone = named('Front Camera', 'Back Triple Camera', 'Back Dual Wide Camera', 'Back Ultra Wide Camera', 'Back Camera', 'Back Telephoto Camera');
    for (const opened of ['Back Triple Camera', 'Back Ultra Wide Camera', 'Back Telephoto Camera', 'Front Camera']) {
      expect(betterThan(plain(opened), iphone)?.label).toBe('Back Camera');
    }
  });
  test('is the lowest number on Android', () => {
    const android = named('camera2 3, facing back', 'camera2 1, facing front', 'camera2 0, facing back');
    expect(betterThan(plain('camera2 1, facing front'), android)?.label).toBe('camera2 0, facing back');
    expect(betterThan(plain('camera2 3, facing back'), android)?.label).toBe('camera2 0, facing back');
  });
  test('of a laptop is left alone', () => expect(betterThan(plain('FaceTime HD Camera'), named('FaceTime HD Camera', 'USB Camera'))).toBeUndefined());
  test('is the back one where its name doesn’t say so but the browser does', () => {
    const facing = [{ ...plain('Caméra 0'), facing: 'front' as const }, { ...plain('Caméra 1'), facing: 'back' as const }];
    expect(betterThan(facing[0]!, facing)).toBe(facing[1]);
    expect(switchable(facing)).toEqual([facing[1]]);
  });
  test('is tried for its light only among back cameras that names don’t tell apart', () => {
    const rear = named('Rear 1', 'Rear 2', 'Rear Ultra Wide', 'Front');
    expect(indistinct(rear[0]!, rear)).toEqual([rear[1]]);
    expect(indistinct(plain('Front'), rear)).toEqual([]);
    const android = named('camera2 0, facing back', 'camera2 2, facing back');
    expect(indistinct(android[0]!, android)).toEqual([]);
    expect(indistinct(plain('FaceTime HD Camera'), named('FaceTime HD Camera', 'USB Camera'))).toEqual([]);
  });
  test('is told apart in other languages too', () => {
    const japanese = named('前面カメラ', '背面デュアルカメラ', '背面超広角カメラ', '背面カメラ');
    expect(betterThan(japanese[1]!, japanese)?.label).toBe('背面カメラ');
    expect(betterThan(japanese[2]!, japanese)?.label).toBe('背面カメラ');
  });
  test('changes among back cameras, the main one first, or among all when none is called back', () => {
    expect(switchable(named('Front Camera', 'Back Ultra Wide Camera', 'Back Camera')).map((c) => c.label)).toEqual(['Back Camera', 'Back Ultra Wide Camera']);
    expect(switchable(named('FaceTime HD', 'USB'))).toHaveLength(2);
  });
  test.each([
    ['NotAllowedError', 'camera-denied'],
    ['NotFoundError', 'no-camera'],
    ['OverconstrainedError', 'no-camera'],
    ['NotReadableError', 'camera-busy'],
    ['AbortError', 'camera-busy'],
    ['TypeError', 'camera-failed'],
  ])('that fails with %s is explained as %s', (name, reason) => {
    expect(cameraReason(new DOMException('', name))).toBe(reason);
  });
  test('that fails with something unheard of is explained too', () => expect(cameraReason('odd')).toBe('camera-failed'));
});

describe('reasons', () => {
  test('are told in sentences, without codes or error names', () => {
    for (const reason of Object.keys(REASONS) as Reason[]) {
      const { title, text } = wordsFor(reason);
      expect(text).toMatch(/\.$/);
      expect(title + text).not.toMatch(/Error|undefined|\b[45]\d\d\b/);
    }
  });
});

describe('the manifest', () => {
  const answer = (body: unknown, status = 200) => Promise.resolve(new Response(JSON.stringify(body), { status }));
  const target = { marker: { url: '/m' }, content: { renditions: [{}] } };
  const online = () => true;

  test('is read', async () => expect(await readManifest(answer({ version: 1, targets: [target] }), online)).toHaveProperty('manifest.version', 1));
  test.each([
    ['a link that is gone', answer({}, 404), 'manifest-missing'],
    ['a server in trouble', answer({}, 503), 'manifest-failed'],
    ['a newer version', answer({ version: 2, targets: [target] }), 'manifest-version'],
    ['no targets', answer({ version: 1, targets: [] }), 'manifest-failed'],
    ['a target without a video', answer({ version: 1, targets: [{ ...target, content: { renditions: [] } }] }), 'manifest-failed'],
    ['a page of HTML', Promise.resolve(new Response('<html>')), 'manifest-failed'],
  ])('explains %s', async (_name, response, reason) => expect(await readManifest(response, online)).toEqual({ reason }));
  test('tells no answer from no network', async () => {
    expect(await readManifest(Promise.reject(new TypeError()), () => false)).toEqual({ reason: 'offline' });
    expect(await readManifest(Promise.reject(new TypeError()), online)).toEqual({ reason: 'manifest-failed' });
  });
  test('is named by the address', () => {
    expect(codeFromPath('/v/aB3-x_')).toBe('aB3-x_');
    expect(codeFromPath('/v/abc/')).toBe('abc');
    for (const path of ['/v/', '/v/a/b', '/', '/v/a.json', '/v/%2e%2e']) expect(codeFromPath(path)).toBe('');
  });
});
