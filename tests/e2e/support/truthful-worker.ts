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
    function track({ rgba, timestampMs }) {
      const pixels = new Uint8Array(rgba);
      const scale = size.frameWidthPx / frame.widthPx;
      const number = readBarcode(frame, (x, y) => pixels[(Math.floor(y * scale) * size.frameWidthPx + Math.floor(x * scale)) * 4]);
      const seen = truth[number] ?? { matrix: new Array(16).fill(0), corners: new Array(8).fill(0) };
      const state = truth[number] ? 'tracking' : 'searching';
      const pose = { target: 0, state, matrix: new Float32Array(seen.matrix), corners: new Float32Array(seen.corners.map((c) => c * scale)) };
      return { kind: 'tracked', result: { rgba, timestampMs, focalPx: frame.focalPx * scale, targets: [pose], milliseconds: ${delayMs} } };
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
        const answer = track(data);
        setTimeout(() => self.postMessage(answer, [answer.result.rgba]), ${delayMs});
      }
    };`;
}
