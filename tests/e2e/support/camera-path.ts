/** Where a picture is in each frame of a fake camera: exact, as the frames are rendered from it. */
export interface CameraPath {
  widthPx: number;
  heightPx: number;
  /** Focal length in pixels; the principal point is the centre. */
  focalPx: number;
  poses: PicturePose[];
}

/** Undefined: the picture isn't in this frame. */
export type PicturePose =
  | {
      /** Picture to camera, column-major; OpenGL's axes; the picture is one unit wide, centred on the origin, z = 0. */
      matrix: number[];
    }
  | undefined;

/** What phones' main cameras see along the longer side in video; the tracker assumes the same. */
const LONG_SIDE_FOV_RADIANS = (63 * Math.PI) / 180;

export function focalFor(widthPx: number, heightPx: number): number {
  return Math.max(widthPx, heightPx) / 2 / Math.tan(LONG_SIDE_FOV_RADIANS / 2);
}

/** @param tilt rotations about x, y, z in radians, applied in that order; @param at the picture's centre in picture widths. */
export function pose(tilt: [number, number, number], at: [number, number, number]): { matrix: number[] } {
  const [sx, sy, sz] = tilt.map(Math.sin) as [number, number, number];
  const [cx, cy, cz] = tilt.map(Math.cos) as [number, number, number];
  return {
    matrix: [
      cz * cy, sz * cy, -sy, 0,
      cz * sy * sx - sz * cx, sz * sy * sx + cz * cx, cy * sx, 0,
      cz * sy * cx + sz * sx, sz * sy * cx - cz * sx, cy * cx, 0,
      at[0], at[1], at[2], 1,
    ],
  };
}

/** A hand-held look: slow swaying at the distance where the picture is `share` of the frame's width. Goes round without a jump. */
export function swayingPath(
  { widthPx, heightPx, frames, share = 0.55, down = 0.06 }: { widthPx: number; heightPx: number; frames: number; share?: number; down?: number },
): CameraPath {
  const focalPx = focalFor(widthPx, heightPx);
  const distance = focalPx / (share * widthPx);
  const poses = Array.from({ length: frames }, (_, i) => {
    const t = (i / frames) * 2 * Math.PI;
    return pose(
      [-0.18 + 0.1 * Math.sin(t), 0.22 * Math.cos(t), 0.06 * Math.sin(t)],
      [0.07 * Math.sin(t), -down + 0.04 * Math.cos(t), -distance * (1 + 0.07 * Math.sin(t))],
    );
  });
  return { widthPx, heightPx, focalPx, poses };
}

/** A point of the picture (picture widths from its centre, y up) in frame pixels from the top left. */
export function project(path: CameraPath, matrix: readonly number[], x: number, y: number): [number, number] {
  const along = (row: number) => matrix[row]! * x + matrix[4 + row]! * y + matrix[12 + row]!;
  const depth = -along(2);
  return [path.widthPx / 2 + (path.focalPx * along(0)) / depth, path.heightPx / 2 - (path.focalPx * along(1)) / depth];
}

/** Frame pixels to the picture's plane: the inverse homography, row-major 3×3. */
export function frameToPicture(path: CameraPath, m: readonly number[]): number[] {
  const [f, cx, cy] = [path.focalPx, path.widthPx / 2, path.heightPx / 2];
  // Columns x, y and origin of the pose, projected: u = cx + f·X/−Z, v = cy − f·Y/−Z.
  const column = (k: number) => [f * m[k]! - cx * m[k + 2]!, -f * m[k + 1]! - cy * m[k + 2]!, -m[k + 2]!];
  const [a, b, c] = [column(0), column(4), column(12)] as [number[], number[], number[]];
  const cross = (p: number[], q: number[]) => [
    p[1]! * q[2]! - p[2]! * q[1]!,
    p[2]! * q[0]! - p[0]! * q[2]!,
    p[0]! * q[1]! - p[1]! * q[0]!,
  ];
  return [...cross(b, c), ...cross(c, a), ...cross(a, b)];
}
