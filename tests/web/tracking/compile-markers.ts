import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LumaImage } from './photographs.ts';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** What tests/MarkerTool says of a marker, and the marker. */
export interface CompiledMarker {
  file: ArrayBuffer;
  bytes: number;
  milliseconds: number;
  keypoints: number;
  quality: number;
  parts: Record<string, number>;
}

/** Compiles images with the C# compiler. */
export async function compileMarkers(images: readonly LumaImage[]): Promise<CompiledMarker[]> {
  const tool = await buildMarkerTool();
  const folder = await mkdtemp(path.join(tmpdir(), 'portico-markers-'));
  try {
    const files: string[] = [];
    for (const [i, image] of images.entries()) {
      const pgm = path.join(folder, `${i}.pgm`);
      await writeFile(pgm, Buffer.concat([Buffer.from(`P5\n${image.width} ${image.height}\n255\n`), image.pixels]));
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

async function buildMarkerTool(): Promise<string> {
  const project = path.join(repository, 'tests/MarkerTool');
  await run('dotnet', ['build', project, '-c', 'Release', '-v', 'q', '--nologo']);
  return path.join(project, 'bin/Release/net10.0/MarkerTool.dll');
}
