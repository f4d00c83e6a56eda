import type { Page } from 'playwright-core';
import type { CameraPath } from './camera-path.ts';
import { look, type Colour } from './screen.ts';

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

/** How far from its place an edge is looked for; one that isn't found counts as this far off. */
const REACH_PX = 20;

/** Magenta, which `magentaClip` is all through and nothing else in the tests is. */
const isVideo = (colour: Colour | undefined) => colour && colour[0] > 130 && colour[2] > 130 && colour[1] < 0.6 * Math.min(colour[0], colour[2]);

/**
 * Takes a screenshot and measures it. Undefined when the page doesn't show a camera frame with the picture in it.
 * @param path what the fake camera sees; the barcode in it tells which pose is on the screen.
 * @param aspects width over height of the picture and of the video, which is fitted inside the picture.
 */
export async function witness(page: Page, path: CameraPath, aspects: { picture: number; video: number }): Promise<Sighting | undefined> {
  const seen = await look(page, path, aspects.picture);
  const [width, height] = aspects.video > aspects.picture ? [1, aspects.picture / aspects.video] : [aspects.video / aspects.picture, 1];
  /** (u, v) in −1…1 over the video's rectangle. */
  const place = (u: number, v: number) => seen.place(u * width, v * height)!;
  if (seen.frame === undefined || seen.place(0, 0) === undefined) return undefined;

  const share = (points: [number, number][]) => {
    const colours = points.map((point) => seen.at(...point)).filter((colour) => colour !== undefined);
    return colours.length === 0 ? Number.NaN : colours.filter(isVideo).length / colours.length;
  };
  const grid = [-0.85, -0.5, 0, 0.5, 0.85];
  const inside = grid.flatMap((u) => grid.map((v) => place(u, v)));
  const outside = grid.flatMap((t) => [place(-1.15, t), place(1.15, t), place(t, -1.15), place(t, 1.15)]);

  const offsets: number[] = [];
  for (const t of [-0.8, -0.4, 0, 0.4, 0.8]) {
    for (const [edge, middle] of [[place(-1, t), place(0, t)], [place(1, t), place(0, t)], [place(t, -1), place(t, 0)], [place(t, 1), place(t, 0)]] as const) {
      const length = Math.hypot(middle[0] - edge[0], middle[1] - edge[1]);
      const inwards = [(middle[0] - edge[0]) / length, (middle[1] - edge[1]) / length] as const;
      let d = -REACH_PX;
      while (d < REACH_PX && !isVideo(seen.at(edge[0] + inwards[0] * d, edge[1] + inwards[1] * d))) d += 0.5;
      offsets.push(Math.abs(d));
    }
  }
  return { frame: seen.frame, insideShare: share(inside), outsideShare: share(outside), edgeErrorPx: offsets.reduce((sum, d) => sum + d, 0) / offsets.length };
}
