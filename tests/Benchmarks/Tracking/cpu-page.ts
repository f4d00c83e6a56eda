// MindAR's detector on tfjs's CPU backend, in a page of its own: its published build can't change the backend, its
// published source can. Its tracker can't at all: that exists as WebGL programs only. For the WASM backend its detector
// has no kernels either.
// @ts-expect-error plain JavaScript without types
import { CropDetector } from 'mind-ar/src/image-target/detector/crop-detector.js';
// @ts-expect-error likewise
import 'mind-ar/src/image-target/detector/kernels/cpu/index.js';
// @ts-expect-error likewise
import * as tf from '@tensorflow/tfjs';
import { FRAME_PIXELS } from './messages.ts';

/** Milliseconds that each frame's detection took, without matching. */
async function detectOnCpu(frames: string): Promise<number[]> {
  await tf.setBackend('cpu');
  await tf.ready();
  if (tf.getBackend() !== 'cpu') throw new Error(`tfjs computes on ${tf.getBackend()}.`);
  const luma = new Uint8Array(await (await fetch(frames)).arrayBuffer());
  const detector = new CropDetector(640, 480);
  const milliseconds: number[] = [];
  for (let at = 0; at < luma.length; at += FRAME_PIXELS) {
    const image = tf.tensor2d(Float32Array.from(luma.subarray(at, at + FRAME_PIXELS)), [480, 640]);
    const start = performance.now();
    detector.detectMoving(image);
    milliseconds.push(performance.now() - start);
    image.dispose();
  }
  return milliseconds;
}

declare global {
  // eslint-disable-next-line no-var
  var mindarOnCpu: typeof detectOnCpu;
}
globalThis.mindarOnCpu = detectOnCpu;
