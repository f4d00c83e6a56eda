import sharp from 'sharp';
import type { Page } from 'playwright-core';
import { readBarcode } from './barcode.ts';
import { project, type CameraPath } from './camera-path.ts';

/** What one screenshot of the viewer shows, measured against the exact pose of the camera frame in it. */
export interface Sighting {
  /** The camera frame's number, read from its barcode. */
  frame: number;
  /** Share of the points well inside the video's place that show the video. */
  insideShare: number;
  /** Share of the points well outside that show the video: should be none. */
  outsideShare: number;
  /** Mean distance, in CSS pixels, between the video's drawn edges and where they belong. */
  edgeErrorPx: number;
}

/** Magenta, which `magentaClip` is all through and nothing else in the tests is. */
const isVideo = (r: number, g: number, b: number) => r > 130 && b > 130 && g < 0.6 * Math.min(r, b);

/**
 * Takes a screenshot and measures it. Undefined when the barcode can't be read (the page doesn't show the camera).
 * @param path what the fake camera sees; its barcode tells which pose is on the screen.
 * @param aspects height over width of the picture and of the video, which is fitted inside the picture.
 */
export async function witness(page: Page, path: CameraPath, aspects: { picture: number; video: number }): Promise<Sighting | undefined> {
  const { data, info } = await sharp(await page.screenshot({ type: 'png', scale: 'css' })).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  // The camera covers the screen: scaled up, centred, cropped.
  const scale = Math.max(info.width / path.widthPx, info.height / path.heightPx);
  const toScreen = ([x, y]: readonly [number, number]): [number, number] => [
    info.width / 2 + (x - path.widthPx / 2) * scale,
    info.height / 2 + (y - path.heightPx / 2) * scale,
  ];
  const at = (x: number, y: number): [number, number, number] | undefined => {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column < 0 || row < 0 || column >= info.width || row >= info.height) return undefined;
    const i = (row * info.width + column) * 3;
    return [data[i]!, data[i + 1]!, data[i + 2]!];
  };

  const frame = readBarcode(path, (x, y) => at(...toScreen([x, y]))?.[1] ?? 0);
  const seen = frame === undefined ? undefined : path.poses[frame];
  if (frame === undefined || !seen) return undefined;

  const height = Math.min(aspects.video, aspects.picture);
  const width = height === aspects.video ? 1 : aspects.picture / aspects.video;
  // (u, v) in −1…1 over the video's rectangle.
  const place = (u: number, v: number) => toScreen(project(path, seen.matrix, (u * width) / 2, (v * height) / 2));
  const shows = (point: [number, number]) => {
    const pixel = at(...point);
    return pixel === undefined ? undefined : isVideo(...pixel);
  };
  const share = (points: [number, number][]) => {
    const known = points.map(shows).filter((value) => value !== undefined);
    return known.length === 0 ? Number.NaN : known.filter(Boolean).length / known.length;
  };

  const grid = [-0.85, -0.5, 0, 0.5, 0.85];
  const inside = grid.flatMap((u) => grid.map((v) => place(u, v)));
  const outside = grid.flatMap((t) => [place(-1.15, t), place(1.15, t), place(t, -1.15), place(t, 1.15)]);

  const offsets: number[] = [];
  for (const t of [-0.8, -0.4, 0, 0.4, 0.8]) {
    for (const [from, towards] of [[place(-1, t), place(0, t)], [place(1, t), place(0, t)], [place(t, -1), place(t, 0)], [place(t, 1), place(t, 0)]] as const) {
      const length = Math.hypot(towards[0] - from[0], towards[1] - from[1]);
      const normal = [(towards[0] - from[0]) / length, (towards[1] - from[1]) / length] as const;
      // From 20 px outside inwards, to the first point that shows the video.
      for (let d = -20; d <= 20; d += 0.5) {
        if (shows([from[0] + normal[0] * d, from[1] + normal[1] * d])) {
          offsets.push(Math.abs(d));
          break;
        }
        if (d === 20) offsets.push(20);
      }
    }
  }
  return { frame, insideShare: share(inside), outsideShare: share(outside), edgeErrorPx: offsets.reduce((sum, d) => sum + d, 0) / offsets.length };
}
