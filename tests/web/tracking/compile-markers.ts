import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LumaImage } from './photographs.ts';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../../MarkerTool', import.meta.url));
const tool = path.join(project, 'bin/Release/net10.0/MarkerTool.dll');

/** What tests/MarkerTool says of a marker, and the marker. */
export interface CompiledMarker {
  file: ArrayBuffer;
  bytes: number;
  milliseconds: number;
  keypoints: number;
  quality: number;
  parts: Record<string, number>;
  /** Codes. */
  advice: string[];
  /** What the score is computed from. */
  signals: Record<string, number>;
}

/** Compiles images with the C# compiler; `buildMarkerTool` first. */
export async function compileMarkers(images: readonly LumaImage[]): Promise<CompiledMarker[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'portico-markers-'));
  try {
    const files: string[] = [];
    for (const [i, image] of images.entries()) {
      const pgm = path.join(folder, `${i}.pgm`);
      await writeFile(pgm, toPgm(image));
      files.push(pgm, path.join(folder, `${i}.marker`));
    }
    const { stdout } = await run('dotnet', [tool, ...files]);
    const reports = stdout.trim().split('\n').map((line) => JSON.parse(line) as Omit<CompiledMarker, 'file'>);
    return await Promise.all(
      reports.map(async (report, i) => {
        const bytes = await readFile(path.join(folder, `${i}.marker`));
        return { ...report, file: new Uint8Array(bytes).buffer };
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** x, y, score, orientation, descriptor in hexadecimal. */
export type DescribedCorner = [x: number, y: number, score: number, orientation: number, descriptor: string];

/** The corners of an image as the C# compiler describes them, in raster order. */
export async function describeCorners(image: LumaImage): Promise<DescribedCorner[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'portico-corners-'));
  try {
    const pgm = path.join(folder, 'image.pgm');
    await writeFile(pgm, toPgm(image));
    const { stdout } = await run('dotnet', [tool, 'corners', pgm], { maxBuffer: 1 << 26 });
    return JSON.parse(stdout) as DescribedCorner[];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function toPgm(image: LumaImage): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${image.width} ${image.height}\n255\n`), image.pixels]);
}

/** Builds tests/MarkerTool. Not from two processes at once: vitest calls it once, before the first test. */
export async function buildMarkerTool(): Promise<void> {
  await run('dotnet', ['build', project, '-c', 'Release', '-v', 'q', '--nologo']);
}
