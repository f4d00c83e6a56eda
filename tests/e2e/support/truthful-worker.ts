import { barcodePlace, readBarcode } from './barcode.ts';
import { project, type CameraPath } from './camera-path.ts';

/**
 * The source of a worker that takes the tracker's place and is never wrong: it reads the frame's number from its
 * barcode and answers with the pose that frame was rendered from. What the page then draws tests the page alone.
 *
 * @param pictureAspect width over height. @param delayMs how long each answer takes.
 */
export function truthfulWorker(path: CameraPath, pictureAspect: number, delayMs: number): string {
  const half = 0.5 / pictureAspect;
  const truth = path.poses.map(
    (seen) =>
      seen && {
        matrix: seen.matrix,
        corners: [[-0.5, half], [0.5, half], [0.5, -half], [-0.5, -half]].flatMap(([x, y]) => project(path, seen.matrix, x!, y!)),
      },
  );
  return `
    const CELLS = 12;
    ${barcodePlace.toString()}
    ${readBarcode.toString()}
    const frame = ${JSON.stringify({ widthPx: path.widthPx, heightPx: path.heightPx, focalPx: path.focalPx })};
    const truth = ${JSON.stringify(truth)};
    let size;
    function track(packet) {
      const pixels = new Uint8Array(packet);
      const scale = size.frameWidthPx / frame.widthPx;
      const number = readBarcode(frame, (x, y) => pixels[(Math.floor(y * scale) * size.frameWidthPx + Math.floor(x * scale)) * 4]);
      const seen = truth[number] ?? { matrix: new Array(16).fill(0), corners: new Array(8).fill(0) };
      const state = truth[number] ? 1 : 0;
      // As frame-packet.ts has it for one target: focal length, milliseconds, state, matrix, corners.
      new Float64Array(packet, packet.byteLength - 34 * 8).set([frame.focalPx * scale, ${delayMs}, state, ...seen.matrix, ...seen.corners.map((c) => c * scale)], 7);
    }
    self.onmessage = ({ data }) => {
      if (data.kind === 'start') {
        size = data.options;
        self.postMessage({ kind: 'started' });
      } else if (data.kind === 'setCamera') {
        size = data.options;
        self.postMessage({ kind: 'cameraSet' });
      } else if (data.kind === 'addTarget') {
        self.postMessage({ kind: 'added', target: { index: 0, widthPx: 1, heightPx: 1 } });
      } else {
        track(data);
        setTimeout(() => self.postMessage(data, [data]), ${delayMs});
      }
    };`;
}
