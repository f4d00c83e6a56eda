import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { qualityOf } from '../../static-webxr/tracker/src/preview/quality.ts';
import { createPictureSurvey, type SurveyPicture } from '../../static-webxr/tracker/src/preview/survey.ts';
import { lumaOf } from '../../static-webxr/tracker/src/preview/luma.ts';
import { compileMarkers, describeCorners } from './tracking/compile-markers.ts';
import { PHOTOGRAPHS_FOLDER, type LumaImage } from './tracking/photographs.ts';
import { createRandom } from './tracking/random.ts';

/** Points of the score in which the browser may differ from the server on the same pixels: both round once. */
const SAME_PIXELS_POINTS = 1;

const TIMEOUT_MS = 180_000;

let survey: SurveyPicture;
let photographs: LumaImage[];
beforeAll(async () => {
  survey = await createPictureSurvey(new Uint8Array(await readFile(new URL('../../static-webxr/tracker/build/preview.wasm', import.meta.url))));
  const names = (await readdir(PHOTOGRAPHS_FOLDER)).filter((name) => name.endsWith('.jpg')).sort();
  photographs = await Promise.all(
    names.map(async (name) => {
      const { data, info } = await sharp(path.join(PHOTOGRAPHS_FOLDER, name)).resize(1000, 1000, { fit: 'inside' }).greyscale().raw().toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
    }),
  );
}, TIMEOUT_MS);

const shaped = ({ width, height, pixels }: LumaImage) => ({ widthPx: width, heightPx: height, pixels });

/** Besides photographs: pictures at the ends of what there is. */
function drawn(width: number, height: number, seed: number, kind: 'noise' | 'flat' | 'tiles'): LumaImage {
  const random = createRandom(seed);
  const tile = Uint8Array.from({ length: 64 * 64 }, () => 256 * random.next());
  const at = (x: number, y: number) => (kind === 'noise' ? 256 * random.next() : kind === 'flat' ? 90 : tile[(y % 64) * 64 + (x % 64)]!);
  return { width, height, pixels: Uint8Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width))) };
}

test('the browser’s forecast of a picture’s quality is the server’s, on the same pixels', async () => {
  const images = [
    ...photographs,
    drawn(640, 480, 1, 'noise'), drawn(500, 300, 2, 'flat'), drawn(600, 400, 3, 'tiles'), drawn(1000, 130, 4, 'noise'), drawn(37, 41, 5, 'noise'), drawn(1, 300, 6, 'noise'),
  ];
  const markers = await compileMarkers(images);
  const differences: number[] = [];
  images.forEach((image, i) => {
    const quality = qualityOf(shaped(image), survey(shaped(image)));
    differences.push(Math.abs(quality.score - markers[i]!.quality));
    for (const part of quality.parts) expect(Math.abs(part.score - markers[i]!.parts[part.name]!), `${i}: ${part.name}`).toBeLessThanOrEqual(SAME_PIXELS_POINTS);
    expect(quality.advice.map((advice) => advice.code)).toEqual(markers[i]!.advice);
  });
  expect(Math.max(...differences)).toBeLessThanOrEqual(SAME_PIXELS_POINTS);
  expect(Math.max(...markers.map((marker) => marker.quality)) - Math.min(...markers.map((marker) => marker.quality))).toBeGreaterThan(50);
}, TIMEOUT_MS);

test('the browser finds the compiler’s corners in the largest view, strongest first, with the same descriptors', async () => {
  const { view, candidates } = survey(shaped(photographs[0]!))[0]!;
  const described = new Map((await describeCorners({ width: view.widthPx, height: view.heightPx, pixels: view.pixels })).map(([x, y, score, , bits]) => [`${x},${y}`, { score, bits }]));
  expect(candidates.length).toBeGreaterThan(100);
  for (const { x, y, score, descriptor } of candidates) {
    const bits = Buffer.from(new Uint8Array(descriptor.buffer, descriptor.byteOffset, 32)).toString('hex');
    expect({ score, bits }).toEqual(described.get(`${x},${y}`));
  }
  expect(candidates.map(({ score }) => score)).toEqual(candidates.map(({ score }) => score).toSorted((a, b) => b - a));
}, TIMEOUT_MS);

test('colours become the grey that libvips makes of them, to within one step', async () => {
  const random = createRandom(7);
  const rgb = Uint8Array.from({ length: 3 * 4096 }, () => 256 * random.next());
  const data = new Uint8ClampedArray(4 * 4096).fill(255);
  for (let i = 0; i < 4096; i++) data.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  const expected = await sharp(rgb, { raw: { width: 64, height: 64, channels: 3 } }).greyscale().raw().toBuffer();
  const { pixels } = lumaOf({ data, width: 64, height: 64 } as ImageData);
  expect(Math.max(...pixels.map((pixel, i) => Math.abs(pixel - expected[i]!)))).toBeLessThanOrEqual(1);
}, TIMEOUT_MS);
