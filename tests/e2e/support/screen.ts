import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { readBarcode } from './barcode.ts';
import { project, type CameraPath } from './camera-path.ts';

export type Colour = readonly [number, number, number];

/** One look at the page's screen, with the camera behind it known exactly. Device pixel ratio 1. */
export interface Look {
  /** The colour at a screen pixel; undefined outside. */
  at(x: number, y: number): Colour | undefined;
  /** Which of the path's frames the screen shows; undefined when no barcode is seen. */
  frame: number | undefined;
  /** Where a point of the picture is on the screen: −1 and 1 are its edges, y up. Undefined when the frame isn't known or hasn't the picture. */
  place(x: number, y: number): [number, number] | undefined;
  /** The colour at a point of the picture: −1 and 1 are its edges, y up. Undefined when it isn't on the screen. */
  onPicture(x: number, y: number): Colour | undefined;
}

/** Takes a screenshot and finds out, by the barcode in it, which camera frame it shows. */
export async function look(page: Page, path: CameraPath, pictureAspect: number): Promise<Look> {
  const { data, info } = await sharp(await page.screenshot()).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  // The camera covers the screen.
  const cover = Math.max(info.width / path.widthPx, info.height / path.heightPx);
  const toScreen = (x: number, y: number): [number, number] =>
    [(x - path.widthPx / 2) * cover + info.width / 2, (y - path.heightPx / 2) * cover + info.height / 2];
  const at = (x: number, y: number): Colour | undefined => {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column < 0 || row < 0 || column >= info.width || row >= info.height) return undefined;
    const i = (row * info.width + column) * 3;
    return [data[i]!, data[i + 1]!, data[i + 2]!];
  };
  const frame = readBarcode(path, (x, y) => at(...toScreen(x, y))?.[1] ?? 0);
  const pose = frame === undefined ? undefined : path.poses[frame];
  const place = (x: number, y: number) => pose && toScreen(...project(path, pose.matrix, x / 2, y / (2 * pictureAspect)));
  return {
    at,
    frame,
    place,
    onPicture(x, y) {
      const point = place(x, y);
      return point && at(...point);
    },
  };
}

/** Whether it is this colour, under light or shade: the page darkens the screen's lower edge behind its buttons. */
export function isColour(seen: Colour | undefined, wanted: Colour): boolean {
  const light = seen === undefined ? 0 : Math.max(...seen);
  return light > 90 && seen!.every((value, i) => Math.abs((value / light) * 255 - wanted[i]!) < 60);
}
