import { createCamera } from '../../web/tracking/camera.ts';
import { createPath, EASY, FAST, meanCornerErrorPx, OBLIQUE, projectCorners, type PathClass } from '../../web/tracking/camera-path.ts';
import type { Photograph } from '../../web/tracking/photographs.ts';
import { createRandom } from '../../web/tracking/random.ts';
import { createTestTracker } from '../../web/tracking/run-sequence.ts';

/** What goes wrong in a view; five views of each make the forty. */
const DEGRADATIONS: PathClass[] = [
  { ...OBLIQUE, name: 'oblique', tiltDegrees: [52, 67], widthShare: [0.38, 0.6], noise: 4 },
  { ...EASY, name: 'small', widthShare: [0.11, 0.18], stray: 0.25 },
  { ...EASY, name: 'small and tilted', widthShare: [0.17, 0.27], tiltDegrees: [35, 55], stray: 0.2 },
  { ...FAST, name: 'moving', shutter: 0.75, swingSeconds: [0.5, 0.8], widthShare: [0.3, 0.55] },
  { ...EASY, name: 'dark', light: [0.1, 0.2], noise: 6, widthShare: [0.3, 0.65] },
  { ...EASY, name: 'dim and small', light: [0.22, 0.4], noise: 6, widthShare: [0.19, 0.3] },
  { ...EASY, name: 'covered', occlusion: 0.6, widthShare: [0.3, 0.55], noise: 4 },
  { ...EASY, name: 'glare', glare: true, light: [0.35, 0.7], widthShare: [0.22, 0.38], tiltDegrees: [20, 45], noise: 5 },
];
const VIEWS_A_DEGRADATION = 5;
export const VIEW_COUNT = DEGRADATIONS.length * VIEWS_A_DEGRADATION;

/** A pose is the picture's when its corners are this near on average, as a share of the picture's width in the frame. */
const CORRECT_SHARE = 0.12;

/**
 * In how many of the forty fixed views the tracker finds the picture: cold, in one frame, where it is. The
 * views' paths, noise and walls are the same for every picture.
 */
export async function countDetections(picture: Photograph, marker: ArrayBuffer, walls: readonly Photograph[]): Promise<number[]> {
  const aspect = picture.markerImage.height / picture.markerImage.width;
  const found: number[] = [];
  for (const [i, kind] of DEGRADATIONS.entries()) {
    let count = 0;
    for (let view = 0; view < VIEWS_A_DEGRADATION; view++) {
      const random = createRandom(1000 + 97 * i + 7919 * view);
      const path = createPath(random, kind);
      const camera = createCamera(random, picture, walls[(i + view) % walls.length]!, path, kind);
      const tracker = await createTestTracker();
      tracker.addTarget(marker);
      const pose = tracker.track({ rgba: camera.render(0).buffer, timestampMs: 0 }).targets[0]!;
      if (pose.state === 'tracking' && isCorrect(pose.corners, projectCorners(path(0), aspect))) count++;
    }
    found.push(count);
  }
  return found;
}

export const DEGRADATION_NAMES = DEGRADATIONS.map((kind) => kind.name);

function isCorrect(corners: ArrayLike<number>, truth: ArrayLike<number>): boolean {
  const width = Math.hypot(truth[2]! - truth[0]!, truth[3]! - truth[1]!);
  const height = Math.hypot(truth[6]! - truth[0]!, truth[7]! - truth[1]!);
  return meanCornerErrorPx(corners, truth) <= CORRECT_SHARE * Math.max(width, height);
}
