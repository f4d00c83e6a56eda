import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { AssetKind } from '../../../static-webxr/shared/api.ts';
import type { Processed } from './mock-api.ts';

const run = promisify(execFile);

/** A poster worth looking at on screenshots, drawn here so that no rights are needed: 1200 × 1600. */
export async function posterPicture(file: string): Promise<string> {
  const hills = [0, 1, 2, 3, 4].map((index) => {
    const y = 900 + index * 130;
    const colour = ['#7fa3a8', '#4f7d86', '#2f5d68', '#1d4450', '#0f2e39'][index];
    return `<path d="M0 ${y} C 200 ${y - 160 + index * 20}, 380 ${y + 60}, 600 ${y - 60} S 1000 ${y - 190 + index * 44}, 1200 ${y - 20} V1600 H0Z" fill="${colour}"/>`;
  });
  const birds = [0, 1, 2, 3, 4, 5, 6].map((index) => `<path d="M${240 + index * 97} ${520 - ((index * 61) % 150)}q22-26 44 0q22-26 44 0" fill="none" stroke="#5c2a1e" stroke-width="7" stroke-linecap="round"/>`);
  const rays = Array.from({ length: 24 }, (_, index) => `<path d="M600 620 L${600 + 1400 * Math.cos(index * 0.2618)} ${620 + 1400 * Math.sin(index * 0.2618)} L${600 + 1400 * Math.cos(index * 0.2618 + 0.13)} ${620 + 1400 * Math.sin(index * 0.2618 + 0.13)}Z" fill="#f2a65a" opacity=".45"/>`);
  await sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="1600"><rect width="1200" height="1600" fill="#f7c58a"/>${rays.join('')}<circle cx="600" cy="620" r="230" fill="#d9482b"/>${birds.join('')}${hills.join('')}<text x="600" y="190" font-family="DejaVu Sans" font-weight="700" font-size="118" text-anchor="middle" fill="#5c2a1e">OPEN HILLS</text><text x="600" y="1500" font-family="DejaVu Sans" font-size="52" text-anchor="middle" fill="#f7e3c8">a festival of walking, 4–12 May</text></svg>`,
    ),
  )
    .jpeg({ quality: 88 })
    .toFile(file);
  return file;
}

/** The poster in motion: three seconds, 540 × 720, H.264. */
export async function posterClip(picture: string, file: string): Promise<string> {
  await run('ffmpeg', [
    '-v', 'error', '-y', '-loop', '1', '-framerate', '24', '-t', '3', '-i', picture,
    '-vf', 'scale=564:-2,crop=540:720:12+12*sin(2*t):16+16*cos(2*t),hue=h=24*sin(2*t),format=yuv420p',
    '-c:v', 'libx264', '-preset', 'ultrafast', '-movflags', '+faststart', file,
  ]);
  return file;
}

/** Stands in for the ingest: real sizes of the real file, so that the portal shows what it was given. */
export async function processUpload(kind: AssetKind, source: Buffer, assetId: string): Promise<Processed> {
  return kind === 'image' ? processPicture(source, assetId) : processVideo(source, assetId);
}

async function processPicture(source: Buffer, assetId: string): Promise<Processed> {
  const { width, height } = await sharp(source).metadata();
  const render = async (widthPx: number) => {
    const { data, info } = await sharp(source).resize(widthPx).webp({ quality: 80 }).toBuffer({ resolveWithObject: true });
    return { widthPx: info.width, heightPx: info.height, url: `/cdn/${assetId}-${widthPx}.webp`, bytes: data.length, contentType: 'image/webp', data };
  };
  const sizes = await Promise.all([1024, 640, 320].map(render));
  return {
    image: { widthPx: width, heightPx: height, format: 'jpeg', renditions: sizes.slice(0, 2).map(facts), thumbnail: facts(sizes[2]!) },
    files: sizes.map(({ url, contentType, data }) => ({ url, contentType, bytes: data })),
  };
}

async function processVideo(source: Buffer, assetId: string): Promise<Processed> {
  const folder = await mkdtemp(join(tmpdir(), 'portico-portal-'));
  try {
    await writeFile(join(folder, 'source'), source);
    await run('ffmpeg', ['-v', 'error', '-i', join(folder, 'source'), '-frames:v', '1', join(folder, 'poster.jpg')]);
    const poster = await readFile(join(folder, 'poster.jpg'));
    const { width, height } = await sharp(poster).metadata();
    const video = (lines: number) => ({
      widthPx: Math.round((width * lines) / height),
      heightPx: lines,
      url: `/cdn/${assetId}-${lines}.mp4`,
      bytes: source.length,
      contentType: 'video/mp4',
      bitsPerSecond: lines * 2_400,
      codecs: 'avc1.64001f',
    });
    const ladder = [video(1080), video(720), video(480)];
    const posterFacts = { widthPx: width, heightPx: height, url: `/cdn/${assetId}-poster.jpg`, bytes: poster.length, contentType: 'image/jpeg' };
    return {
      video: { widthPx: width, heightPx: height, durationSeconds: 3, framesPerSecond: 24, hasAudio: false, renditions: ladder, poster: posterFacts },
      files: [{ url: posterFacts.url, contentType: 'image/jpeg', bytes: poster }, ...ladder.map(({ url, contentType }) => ({ url, contentType, bytes: source }))],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function facts<T extends { data: Buffer }>({ data: _, ...rest }: T): Omit<T, 'data'> {
  return rest;
}
