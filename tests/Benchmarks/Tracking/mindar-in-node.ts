import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LumaImage } from '../../web/tracking/photographs.ts';

const source = path.join(path.dirname(fileURLToPath(import.meta.url)), '../mindar/node_modules/mind-ar/src/image-target/offline-compiler.js');

interface OfflineCompiler {
  compileImageTargets(images: unknown[], progress: () => void): Promise<unknown>;
  exportData(): Uint8Array;
}
let loaded: Promise<{ OfflineCompiler: new () => OfflineCompiler; createCanvas: (width: number, height: number) => any }> | undefined;

/**
 * MindAR's own compiler for Node, on tfjs's CPU backend. Its native dependency `canvas` is replaced by
 * `@napi-rs/canvas`, which brings its binary through npm; only the picture's pixels are read through it.
 */
export async function compileMindInNode({ width, height, pixels }: LumaImage): Promise<{ file: Uint8Array; milliseconds: number }> {
  loaded ??= (async () => ({ ...(await import(source)), createCanvas: (await import(path.join(source, '../../../../canvas/index.js'))).createCanvas }))();
  const { OfflineCompiler, createCanvas } = await loaded;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  for (let i = 0; i < pixels.length; i++) image.data.set([pixels[i]!, pixels[i]!, pixels[i]!, 255], 4 * i);
  context.putImageData(image, 0, 0);

  const start = performance.now();
  const compiler = new OfflineCompiler();
  await compiler.compileImageTargets([canvas], () => {});
  const file = compiler.exportData();
  return { file, milliseconds: performance.now() - start };
}
