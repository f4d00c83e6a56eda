import type { LumaImage } from './luma.ts';

/** A corner that may become a keypoint. */
export interface Candidate {
  x: number;
  y: number;
  /** FAST score. */
  score: number;
  /** In how many of four simulated camera views it was found again. */
  survived: number;
  /** 256 bits. */
  descriptor: Uint32Array;
}

/** What was found in one view of the picture, strongest first. */
export interface ViewSurvey {
  view: LumaImage;
  candidates: Candidate[];
}

/** What assembly/preview.ts exports. */
interface PreviewExports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  mark(): number;
  release(address: number): void;
  scaleArea(from: number, width: number, height: number, to: number, newWidth: number, newHeight: number): void;
  surveyView(image: number, width: number, height: number): number;
  candidates: WebAssembly.Global;
  descriptors: WebAssembly.Global;
}

const CANDIDATE_BYTES = 6;
const DESCRIPTOR_BYTES = 32;
/** As in functions/Vision/MarkerCompiler.cs. */
const LARGEST_VIEW_PX = 400;
const VIEWS = 6;
const SHORTEST_VIEW_SIDE_PX = 36;

/** Surveys pictures as the marker compiler does: the same views, the same corners. */
export type SurveyPicture = (image: LumaImage) => ViewSurvey[];

/** @param wasm build/preview.wasm, or a module compiled from it. */
export async function createPictureSurvey(wasm: BufferSource | WebAssembly.Module): Promise<SurveyPicture> {
  const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
  const exports = (await WebAssembly.instantiate(module)).exports as unknown as PreviewExports;

  /** Puts pixels into the module's memory. */
  function place(pixels: Uint8Array): number {
    const address = exports.allocate(pixels.length);
    new Uint8Array(exports.memory.buffer, address, pixels.length).set(pixels);
    return address;
  }

  function scale(image: LumaImage, side: number): LumaImage {
    const factor = Math.min(1, side / Math.sqrt(image.widthPx * image.heightPx));
    const widthPx = Math.min(Math.max(Math.round(image.widthPx * factor), 1), image.widthPx);
    const heightPx = Math.min(Math.max(Math.round(image.heightPx * factor), 1), image.heightPx);
    const before = exports.mark();
    const from = place(image.pixels), to = exports.allocate(widthPx * heightPx);
    exports.scaleArea(from, image.widthPx, image.heightPx, to, widthPx, heightPx);
    const pixels = new Uint8Array(exports.memory.buffer, to, widthPx * heightPx).slice();
    exports.release(before);
    return { widthPx, heightPx, pixels };
  }

  function viewsOf(image: LumaImage): LumaImage[] {
    const views: LumaImage[] = [];
    for (let i = 0; i < VIEWS; i++) {
      const side = LARGEST_VIEW_PX / Math.SQRT2 ** i;
      if (image.widthPx * image.heightPx < side * side * 0.75) continue;
      const view = scale(views.at(-2) ?? image, side);
      if (Math.min(view.widthPx, view.heightPx) >= SHORTEST_VIEW_SIDE_PX) views.push(view);
    }
    return views;
  }

  function survey(view: LumaImage): ViewSurvey {
    const before = exports.mark();
    const count = exports.surveyView(place(view.pixels), view.widthPx, view.heightPx);
    const found = new DataView(exports.memory.buffer, exports.candidates.value as number, count * CANDIDATE_BYTES);
    const bits = new Uint32Array(exports.memory.buffer, exports.descriptors.value as number, (count * DESCRIPTOR_BYTES) / 4).slice();
    const candidates = Array.from({ length: count }, (_, i): Candidate => {
      const at = i * CANDIDATE_BYTES;
      return {
        x: found.getUint16(at, true),
        y: found.getUint16(at + 2, true),
        score: found.getUint8(at + 4),
        survived: found.getUint8(at + 5),
        descriptor: bits.subarray((i * DESCRIPTOR_BYTES) / 4, ((i + 1) * DESCRIPTOR_BYTES) / 4),
      };
    });
    exports.release(before);
    return { view, candidates };
  }

  return (image) => viewsOf(image).map(survey);
}
