import { spawn } from 'node:child_process';
import { once } from 'node:events';
import sharp from 'sharp';
import { paintBarcode } from './barcode.ts';
import { frameToPicture, project, type CameraPath } from './camera-path.ts';

/**
 * Renders what a camera on this path sees of the picture, lying on a plain table, to an MJPEG file at 30 frames a second.
 * @param numbered whether each frame carries its number as a barcode; without, it is only good to look at.
 */
export async function renderCamera(pictureFile: string, path: CameraPath, file: string, numbered = true): Promise<void> {
  const { data: picture, info } = await sharp(pictureFile).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const encoder = spawn(
    'ffmpeg',
    ['-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${path.widthPx}x${path.heightPx}`, '-r', '30', '-i', '-',
      '-q:v', '2', '-pix_fmt', 'yuvj420p', '-f', 'mjpeg', file],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const ended = once(encoder, 'exit');
  const table = paintTable(path);
  for (let i = 0; i < path.poses.length; i++) {
    const frame = Buffer.from(table);
    const seen = path.poses[i];
    if (seen) paintPicture(frame, path, seen.matrix, picture, info.width, info.height);
    if (numbered) paintBarcode(frame, path, i);
    if (!encoder.stdin.write(frame)) await once(encoder.stdin, 'drain');
  }
  encoder.stdin.end();
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}.`);
}

function paintTable({ widthPx, heightPx }: CameraPath): Uint8Array {
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const light = 150 - (50 * y) / heightPx - 30 * Math.hypot(x / widthPx - 0.4, y / heightPx - 0.3);
      rgb.set([light * 0.98, light * 0.94, light * 0.88], (y * widthPx + x) * 3);
    }
  }
  return rgb;
}

function paintPicture(rgb: Uint8Array, path: CameraPath, matrix: readonly number[], picture: Uint8Array, width: number, height: number): void {
  const half = height / width / 2;
  const corners = [[-0.5, half], [0.5, half], [0.5, -half], [-0.5, -half]].map(([x, y]) => project(path, matrix, x!, y!));
  const bound = (axis: 0 | 1, most: number) => {
    const values = corners.map((corner) => corner[axis]);
    return [Math.max(0, Math.floor(Math.min(...values))), Math.min(most, Math.ceil(Math.max(...values)))] as const;
  };
  const [left, right] = bound(0, path.widthPx);
  const [top, bottom] = bound(1, path.heightPx);
  const h = frameToPicture(path, matrix);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5, y + 0.5];
      const w = h[6]! * px + h[7]! * py + h[8]!;
      const u = ((h[0]! * px + h[1]! * py + h[2]!) / w + 0.5) * width - 0.5;
      const v = (0.5 - (h[3]! * px + h[4]! * py + h[5]!) / w / (2 * half)) * height - 0.5;
      if (u < -0.5 || v < -0.5 || u > width - 0.5 || v > height - 0.5) continue;
      const [x0, y0] = [Math.max(0, Math.min(width - 2, Math.floor(u))), Math.max(0, Math.min(height - 2, Math.floor(v)))];
      const [fx, fy] = [Math.max(0, Math.min(1, u - x0)), Math.max(0, Math.min(1, v - y0))];
      const at = (y0 * width + x0) * 3;
      for (let k = 0; k < 3; k++) {
        const upper = picture[at + k]! * (1 - fx) + picture[at + 3 + k]! * fx;
        const lower = picture[at + width * 3 + k]! * (1 - fx) + picture[at + width * 3 + 3 + k]! * fx;
        rgb[(y * path.widthPx + x) * 3 + k] = upper * (1 - fy) + lower * fy;
      }
    }
  }
}
