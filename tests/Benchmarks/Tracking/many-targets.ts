import { compileMarkers } from '../../web/tracking/compile-markers.ts';
import type { LumaImage, Photograph } from '../../web/tracking/photographs.ts';
import { percentile } from '../../web/tracking/run-sequence.ts';
import type { Arena } from './arena.ts';
import { renderScene, SCENE_CLASSES } from './scenes.ts';

const FRAMES = 6;
/** Parts a side that a photograph is cut into for the targets that aren't shown. */
const PARTS = 3;

export interface Recognition {
  targets: number;
  shown: number;
  recognised: number;
  /** Frames in which a target was reported that isn't in the frame. */
  wrong: number;
  /** Frames in which no target was known from the frame before, all of them looked for. */
  milliseconds: { median: number; p95: number };
}

/** Each photograph is shown in turn, to a tracker that knows all of them and parts of them: so many targets. */
export async function recogniseAmongMany(
  arena: Arena, photographs: readonly Photograph[], wallFor: (index: number) => Photograph, seed: number, targets: number,
): Promise<Recognition> {
  const pictures: { from: Photograph; image: LumaImage }[] = photographs.map((from) => ({ from, image: from.markerImage }));
  for (let part = 0; pictures.length < targets && part < PARTS * PARTS; part++) {
    for (const from of photographs) if (pictures.length < targets) pictures.push({ from, image: partOf(from.markerImage, part) });
  }
  const markers = await compileMarkers(pictures.map(({ image }) => image));
  const paths = markers.map((marker, i) => {
    arena.files.set(`/many/${i}.portico`, new Uint8Array(marker.file));
    return `/many/${i}.portico`;
  });

  const result: Recognition = { targets: pictures.length, shown: photographs.length, recognised: 0, wrong: 0, milliseconds: { median: NaN, p95: NaN } };
  const times: number[] = [];
  for (const [i, photograph] of photographs.entries()) {
    const scene = renderScene(SCENE_CLASSES[0]!, photograph, wallFor(i), seed + 31 * i, FRAMES);
    arena.files.set('/frames', scene.luma);
    const frames = await arena.runOurs({ frames: '/frames', markers: paths, focalPx: scene.toldFocalPx });
    if (frames.some(({ seen }) => seen.some(({ target }) => target === i))) result.recognised++;
    result.wrong += frames.filter(({ seen }) => seen.some(({ target }) => ![photograph, wallFor(i)].includes(pictures[target]!.from))).length;
    frames.forEach(({ milliseconds }, frame) => {
      if (frame === 0 || frames[frame - 1]!.seen.length === 0) times.push(milliseconds);
    });
  }
  result.milliseconds = { median: percentile(times, 0.5), p95: percentile(times, 0.95) };
  return result;
}

/** A part of the image, counted row by row. */
function partOf(image: LumaImage, part: number): LumaImage {
  const width = Math.floor(image.width / PARTS), height = Math.floor(image.height / PARTS);
  const left = (part % PARTS) * width, top = Math.floor(part / PARTS) * height;
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * image.width + left;
    pixels.set(image.pixels.subarray(from, from + width), y * width);
  }
  return { width, height, pixels };
}
