// The page that both trackers run in. MindAR's own build is loaded before this script and stands in `MINDAR.IMAGE`.
import { FRAME_PIXELS, type MindarFrame, type MindarRun, type MindCompilation, type OursFrame, type OursRun } from './messages.ts';

/** What is used of MindAR 1.2.5. */
interface MindController {
  onUpdate: (event: { type: 'updateMatrix'; targetIndex: number; worldMatrix: number[] | null } | { type: 'processDone' }) => void;
  trackingStates: { isTracking: boolean; currentModelViewTransform: number[][] | null }[];
  cropDetector: { lastRandomIndex: number };
  inputLoader: { loadInput(input: unknown): unknown };
  _detectAndMatch(...all: unknown[]): Promise<unknown>;
  _trackAndUpdate(...all: unknown[]): Promise<unknown>;
  addImageTargetsFromBuffer(file: ArrayBuffer | Uint8Array): void;
  worker: Worker;
  dummyRun(input: HTMLCanvasElement): void;
  processVideo(input: HTMLCanvasElement): void;
  stopProcessVideo(): void;
}
interface MindCompiler {
  data: unknown[];
  compileImageTargets(images: HTMLCanvasElement[], progress: () => void): Promise<unknown>;
  exportData(): Uint8Array;
  importData(file: ArrayBuffer): unknown[];
}
declare const MINDAR: {
  IMAGE: { Controller: new (options: { inputWidth: number; inputHeight: number; maxTrack: number }) => MindController; Compiler: new () => MindCompiler };
};

interface Clocked {
  controller: MindController;
  /** Of the present frame. */
  time: { startedAt: number; detectMs?: number; trackMs?: number };
}

/** The centre of the nine places where MindAR looks for targets, one a frame: where it begins. */
const CENTRE_CROP = 4;
/** Each holds a worker and textures. The one made first makes room for the next. */
const MOST_CONTROLLERS = 16;

const oursWorker = new Worker('/ours-worker.js', { type: 'module' });
const controllers = new Map<string, Clocked>();
const canvas = document.createElement('canvas');
canvas.width = 640;
canvas.height = 480;
const context = canvas.getContext('2d', { willReadFrequently: false })!;

const load = async (path: string): Promise<ArrayBuffer> => (await fetch(path)).arrayBuffer();

function imageOf(luma: Uint8Array, width: number, height: number): ImageData {
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) rgba[4 * i] = rgba[4 * i + 1] = rgba[4 * i + 2] = luma[i]!;
  return new ImageData(rgba, width, height);
}

function runOurs(run: OursRun): Promise<OursFrame[]> {
  return new Promise((resolve, reject) => {
    oursWorker.onmessage = ({ data }: MessageEvent<{ frames?: OursFrame[]; failure?: string }>) =>
      data.frames !== undefined ? resolve(data.frames) : reject(new Error(data.failure));
    oursWorker.onerror = (event) => reject(new Error(event.message));
    oursWorker.postMessage(run);
  });
}

async function controllerFor(targets: string[]): Promise<Clocked> {
  const key = targets.join();
  const known = controllers.get(key);
  if (known !== undefined) return known;
  if (controllers.size >= MOST_CONTROLLERS) {
    const [oldest, { controller: given }] = controllers.entries().next().value!;
    given.worker.terminate();
    controllers.delete(oldest);
  }

  const merged = new MINDAR.IMAGE.Compiler();
  merged.data = [];
  for (const target of targets) merged.data.push(...new MINDAR.IMAGE.Compiler().importData(await load(target)));
  const controller = new MINDAR.IMAGE.Controller({ inputWidth: canvas.width, inputHeight: canvas.height, maxTrack: 1 });
  controller.addImageTargetsFromBuffer(merged.exportData());
  // Shaders are compiled now rather than in the first measured frame.
  controller.dummyRun(canvas);

  const clocked: Clocked = { controller, time: { startedAt: 0 } };
  const { inputLoader, _detectAndMatch: detect, _trackAndUpdate: track } = controller;
  const { loadInput } = inputLoader;
  inputLoader.loadInput = (input) => {
    clocked.time = { startedAt: performance.now() };
    return loadInput.call(inputLoader, input);
  };
  controller._detectAndMatch = async (...all) => {
    const start = performance.now();
    const result = await detect.apply(controller, all);
    clocked.time.detectMs = performance.now() - start;
    return result;
  };
  controller._trackAndUpdate = async (...all) => {
    const start = performance.now();
    const result = await track.apply(controller, all);
    clocked.time.trackMs = performance.now() - start;
    return result;
  };
  controllers.set(key, clocked);
  return clocked;
}

/** Its own loop, in step: it gets the next frame when it is done with one, however long that takes. */
async function runMindar({ frames, targets }: MindarRun): Promise<MindarFrame[]> {
  const clocked = await controllerFor(targets);
  const { controller } = clocked;
  const luma = new Uint8Array(await load(frames));
  const count = luma.length / FRAME_PIXELS;
  const outcomes: MindarFrame[] = [];
  const show = (frame: number): void =>
    context.putImageData(imageOf(luma.subarray(frame * FRAME_PIXELS, (frame + 1) * FRAME_PIXELS), 640, 480), 0, 0);

  // Its smoothing asks the clock how far apart frames are: 1/30 s, as they were filmed.
  const now = Date.now;
  let filmedMs = 0;
  Date.now = () => filmedMs;
  try {
    await new Promise<void>((resolve) => {
      const shown = new Map<number, number[]>();
      controller.onUpdate = (event) => {
        if (event.type === 'updateMatrix') {
          if (event.worldMatrix === null) shown.delete(event.targetIndex);
          else shown.set(event.targetIndex, event.worldMatrix);
          return;
        }
        const { startedAt, detectMs, trackMs } = clocked.time;
        outcomes.push({
          found: controller.trackingStates.flatMap(({ isTracking, currentModelViewTransform: m }, target) =>
            isTracking && m !== null ? [{ target, modelView: m.flat() }] : []),
          shown: [...shown].map(([target, world]) => ({ target, world })),
          milliseconds: performance.now() - startedAt,
          detectMs,
          trackMs,
        });
        filmedMs += 1000 / 30;
        if (outcomes.length < count) show(outcomes.length);
        else {
          controller.stopProcessVideo();
          resolve();
        }
      };
      controller.cropDetector.lastRandomIndex = CENTRE_CROP;
      show(0);
      controller.processVideo(canvas);
    });
  } finally {
    Date.now = now;
  }
  // Its loop looks once more whether it is to go on.
  await new Promise((resolve) => setTimeout(resolve, 30));
  return outcomes;
}

/** Compiles a grey picture and puts the file on the benchmark's server. */
async function compileMind(picture: string, width: number, height: number, to: string): Promise<MindCompilation> {
  const source = document.createElement('canvas');
  source.width = width;
  source.height = height;
  source.getContext('2d')!.putImageData(imageOf(new Uint8Array(await load(picture)), width, height), 0, 0);
  const start = performance.now();
  const compiler = new MINDAR.IMAGE.Compiler();
  await compiler.compileImageTargets([source], () => {});
  const file = compiler.exportData();
  const milliseconds = performance.now() - start;
  await fetch(to, { method: 'PUT', body: file as Uint8Array<ArrayBuffer> });
  return { milliseconds };
}

const arena = { runOurs, runMindar, compileMind };
declare global {
  // eslint-disable-next-line no-var
  var portico: typeof arena;
}
globalThis.portico = arena;
