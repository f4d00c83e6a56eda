import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Manifest, ManifestTarget, ManifestVideo } from '../../../static-webxr/shared/manifest.ts';
import { compileMarkers } from '../../web/tracking/compile-markers.ts';
import { createRandom } from '../../web/tracking/random.ts';

const run = promisify(execFile);

/** A link as the CDN would hold it: manifest, marker by the real compiler, thumbnail, poster and video. */
export interface ViewerLink {
  /** Serve this as `/cdn`. */
  cdnFolder: string;
  pictureFile: string;
  pictureAspect: number;
  manifest: Manifest;
}

/** The video's colours, which the picture and the table don't have: magenta in its first half, then green. */
export const FIRST_COLOUR = [255, 0, 255] as const;
export const SECOND_COLOUR = [0, 255, 0] as const;
/** The poster's. */
export const POSTER_COLOUR = [0, 0, 255] as const;

const PICTURE = { width: 1024, height: 768 };

/** Writes the link `demo`, whose video has the picture's shape. */
export async function writeLink(cdnFolder: string): Promise<ViewerLink> {
  await mkdir(join(cdnFolder, 'm'), { recursive: true });
  const target = await writeTarget(cdnFolder, 'target', { picture: 'picture', seed: 20261120 }, await writeVideo(cdnFolder, 'video', 640, 480));
  const manifest: Manifest = {
    version: 1,
    code: 'demo',
    title: 'A poster that moves',
    publishedAt: new Date().toISOString(),
    telemetryUrl: '/api/v1/analytics/track',
    targets: [target],
  };
  await writeManifest(cdnFolder, manifest);
  return { cdnFolder, pictureFile: join(cdnFolder, 'picture.png'), pictureAspect: PICTURE.width / PICTURE.height, manifest };
}

/** Paints a picture, compiles its marker and writes both, with a thumbnail. */
export async function writeTarget(cdnFolder: string, id: string, { picture, seed }: { picture: string; seed: number }, content: ManifestVideo): Promise<ManifestTarget> {
  const pictureFile = join(cdnFolder, `${picture}.png`);
  await sharp(Buffer.from(paintPoster(seed)), { raw: { ...PICTURE, channels: 3 } }).png().toFile(pictureFile);
  await sharp(pictureFile).resize(480).webp().toFile(join(cdnFolder, `${picture}-thumbnail.webp`));
  const pixels = await sharp(pictureFile).greyscale().raw().toBuffer();
  const [marker] = await compileMarkers([{ ...PICTURE, pixels }]);
  await writeFile(join(cdnFolder, `${picture}.marker`), Buffer.from(marker!.file));
  return {
    id,
    marker: { url: `/cdn/${picture}.marker`, bytes: marker!.bytes, formatVersion: 1 },
    picture: { widthPx: PICTURE.width, heightPx: PICTURE.height, thumbnail: { url: `/cdn/${picture}-thumbnail.webp`, widthPx: 480, heightPx: 360 } },
    content,
  };
}

export function writeManifest(cdnFolder: string, manifest: Manifest): Promise<void> {
  return writeFile(join(cdnFolder, 'm', `${manifest.code}.json`), JSON.stringify(manifest));
}

/** Four seconds, half of them in each colour, with a tone; and its poster. */
export async function writeVideo(
  cdnFolder: string, name: string, widthPx: number, heightPx: number, [first, second] = ['0xff00ff', '0x00ff00'] as [string, string],
): Promise<ManifestVideo> {
  const colour = (hex: string) => ['-f', 'lavfi', '-i', `color=${hex}:s=${widthPx}x${heightPx}:r=30:d=2`];
  await run('ffmpeg', [
    '-v', 'error', '-y', ...colour(first), ...colour(second), '-f', 'lavfi', '-i', 'sine=frequency=330:duration=4',
    '-filter_complex', '[0][1]concat', '-map', '2:a', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-movflags', '+faststart',
    join(cdnFolder, `${name}.mp4`),
  ]);
  const poster = sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: 'blue' } });
  await poster.webp().toFile(join(cdnFolder, `${name}-poster.webp`));
  return {
    kind: 'video',
    widthPx,
    heightPx,
    durationSeconds: 4,
    hasAudio: true,
    poster: { url: `/cdn/${name}-poster.webp`, widthPx, heightPx },
    renditions: [{ url: `/cdn/${name}.mp4`, widthPx, heightPx, bitsPerSecond: 300_000, codecs: 'avc1.64001e,mp4a.40.2', bytes: 1 }],
  };
}

/** A poster with plenty to recognise: a few hundred tilted rectangles, large ones below small ones; no magenta, no green. */
function paintPoster(seed: number): Uint8Array {
  const { width, height } = PICTURE;
  const random = createRandom(seed);
  const rgb = new Uint8Array(width * height * 3).fill(225);
  for (let i = 0; i < 320; i++) {
    const half = 8 + 120 * (1 - i / 320) * random.between(0.3, 1);
    const [cx, cy, turn] = [random.between(0, width), random.between(0, height), random.between(0, Math.PI)];
    const [c, s, flat] = [Math.cos(turn), Math.sin(turn), random.between(0.35, 1)];
    const grey = random.between(20, 235);
    const tint = [grey, grey * random.between(0.8, 1), grey * random.between(0.6, 0.95)];
    for (let y = Math.max(0, Math.floor(cy - 2 * half)); y < Math.min(height, cy + 2 * half); y++) {
      for (let x = Math.max(0, Math.floor(cx - 2 * half)); x < Math.min(width, cx + 2 * half); x++) {
        const [u, v] = [(x - cx) * c + (y - cy) * s, (y - cy) * c - (x - cx) * s];
        if (Math.abs(u) < half && Math.abs(v) < half * flat) rgb.set(tint, (y * width + x) * 3);
      }
    }
  }
  return rgb;
}
