import { readFile } from 'node:fs/promises';

/** What assembly/kernels.ts exports: addresses are numbers into `memory`. */
export interface Kernels {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  rgbaToLuma(rgba: number, luma: number, pixels: number): void;
  halve(from: number, fromStride: number, to: number, toStride: number, width: number, height: number): void;
  smooth(from: number, to: number, width: number, height: number, stride: number, columns: number): void;
  cornerScores(image: number, scores: number, width: number, height: number, stride: number, threshold: number, margin: number): void;
  isPeak(at: number, stride: number): number;
  orientation(at: number, stride: number): number;
  preparePattern(stride: number): void;
  describe(at: number, step: number, to: number): void;
  storeInBlocks(descriptor: number, blocks: number, index: number): void;
  hammingToAll(descriptor: number, blocks: number, blockCount: number, distances: number): number;
  /** `level`: the address of u32 pixels, i32 width, i32 height. */
  warpPatch(level: number, x: number, y: number, ax: number, ay: number, bx: number, by: number): number;
  searchPatch(plane: number, width: number, height: number, stride: number, x: number, y: number, radius: number): number;
  alignPatch(plane: number, width: number, height: number, stride: number, x: number, y: number, furthest: number): number;
  foundX: WebAssembly.Global;
  foundY: WebAssembly.Global;
  similarity: WebAssembly.Global;
  matrixXX: WebAssembly.Global;
  matrixXY: WebAssembly.Global;
  matrixYY: WebAssembly.Global;
  decodeTemplate(from: number, bytes: number, to: number, width: number, height: number, near: number): number;
}

/** A fresh instance, and ways to put bytes in and look at them. */
export interface KernelBench {
  kernels: Kernels;
  place(bytes: Uint8Array): number;
  view(address: number, bytes: number): Uint8Array;
}

const wasm = readFile(new URL('../../../static-webxr/tracker/build/kernels.wasm', import.meta.url));

export async function createKernelBench(): Promise<KernelBench> {
  const { instance } = await WebAssembly.instantiate(new Uint8Array(await wasm));
  const kernels = instance.exports as unknown as Kernels;
  const view = (address: number, bytes: number): Uint8Array => new Uint8Array(kernels.memory.buffer, address, bytes);
  return {
    kernels,
    view,
    place(bytes) {
      const address = kernels.allocate(bytes.length);
      view(address, bytes.length).set(bytes);
      return address;
    },
  };
}
