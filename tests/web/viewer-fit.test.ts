import { projectionMatrix } from '@portico/tracker';
import { describe, expect, test } from 'vitest';
import {
  contentQuad,
  coverScale,
  cropScale,
  poseToClip,
  trackedCrop,
  type Scale,
  type Size,
} from '../../static-webxr/viewer/fit.ts';
import { pose, project, focalFor } from '../e2e/support/camera-path.ts';

/** Where a pixel of the tracked crop is on the screen, in screen pixels from its top left. */
function cropToScreen(x: number, y: number, crop: Size, scale: Scale, screen: Size): [number, number] {
  return [
    ((((2 * x) / crop.widthPx - 1) * scale.x + 1) / 2) * screen.widthPx,
    ((((2 * y) / crop.heightPx - 1) * scale.y + 1) / 2) * screen.heightPx,
  ];
}

const size = (widthPx: number, heightPx: number): Size => ({ widthPx, heightPx });

describe('the tracked crop', () => {
  test.each([
    [size(640, 480), size(640, 480)],
    [size(1280, 720), size(768, 432)],
    [size(720, 1280), size(432, 768)],
    [size(1920, 1080), size(768, 432)],
    [size(1280, 960), size(640, 480)],
    [size(320, 240), size(320, 240)],
  ])('of %o is %o, with nothing lost', (camera, crop) => {
    expect(trackedCrop(camera)).toMatchObject(crop);
    expect(trackedCrop(camera).cameraPxPerPx).toBeCloseTo(camera.widthPx / crop.widthPx, 9);
  });

  test.each([size(1000, 563), size(1281, 719), size(480, 854), size(352, 288), size(1920, 1440)])(
    'of the odd camera %o loses little, keeps pixels square, and has sides the tracker takes',
    (camera) => {
      const crop = trackedCrop(camera);
      expect(crop.widthPx % 16 + crop.heightPx % 16).toBe(0);
      expect(crop.cameraPxPerPx).toBeGreaterThanOrEqual(1);
      expect(crop.widthPx * crop.cameraPxPerPx).toBeLessThanOrEqual(camera.widthPx + 1e-6);
      expect(crop.heightPx * crop.cameraPxPerPx).toBeLessThanOrEqual(camera.heightPx + 1e-6);
      expect((crop.widthPx * crop.heightPx * crop.cameraPxPerPx ** 2) / (camera.widthPx * camera.heightPx)).toBeGreaterThan(0.93);
    },
  );
});

describe('the camera on the screen', () => {
  test('fills it and overflows on the sides that are too long', () => {
    expect(coverScale(size(640, 480), size(1280, 800))).toEqual({ x: 1, y: 1.2 });
    const upright = coverScale(size(1280, 720), size(400, 800));
    expect(upright.y).toBe(1);
    expect(upright.x).toBeCloseTo((1280 * (800 / 720)) / 400);
  });

  test('shows a tracked pixel where the whole frame shows that camera pixel', () => {
    const camera = size(1000, 563);
    const screen = size(390, 844);
    const crop = trackedCrop(camera);
    const [x, y] = cropToScreen(30, 200, crop, cropScale(crop, camera, screen), screen);
    // The same point by hand: crop → camera, then cover.
    const inCamera = [
      (30 - crop.widthPx / 2) * crop.cameraPxPerPx + camera.widthPx / 2,
      (200 - crop.heightPx / 2) * crop.cameraPxPerPx + camera.heightPx / 2,
    ] as const;
    const cover = screen.heightPx / camera.heightPx;
    expect(x).toBeCloseTo((inCamera[0] - camera.widthPx / 2) * cover + screen.widthPx / 2, 6);
    expect(y).toBeCloseTo((inCamera[1] - camera.heightPx / 2) * cover + screen.heightPx / 2, 6);
  });

  test.each([
    ['a desktop window', size(640, 480), size(1280, 800)],
    ['a phone upright', size(720, 1280), size(390, 844)],
    ['a phone turned on its side', size(1280, 720), size(844, 390)],
    ['a phone upright whose camera did not turn', size(1280, 720), size(390, 844)],
  ])('puts content on the corners of the picture: %s', (_name, camera, screen) => {
    const crop = trackedCrop(camera);
    const scale = cropScale(crop, camera, screen);
    const { matrix } = pose([-0.5, 0.4, 0.2], [0.1, -0.05, -1.9]);
    const projection = projectionMatrix({ frameWidthPx: crop.widthPx, frameHeightPx: crop.heightPx }, 0.05, 100);
    const clip = new Float32Array(16);
    poseToClip(clip, projection, new Float32Array(matrix), scale);
    const path = { ...crop, focalPx: focalFor(crop.widthPx, crop.heightPx), poses: [] };
    for (const [x, y] of [[-0.5, 0.375], [0.5, 0.375], [0.5, -0.375], [-0.5, -0.375]] as const) {
      const along = (row: number) => clip[row]! * x + clip[4 + row]! * y + clip[12 + row]!;
      const drawn = [((along(0) / along(3) + 1) / 2) * screen.widthPx, ((1 - along(1) / along(3)) / 2) * screen.heightPx];
      const inCrop = project(path, matrix, x, y);
      const seen = cropToScreen(...inCrop, crop, scale, screen);
      expect(drawn[0]).toBeCloseTo(seen[0], 2);
      expect(drawn[1]).toBeCloseTo(seen[1], 2);
      expect(Math.abs(along(2) / along(3))).toBeLessThan(1);
    }
  });
});

describe('content on the picture', () => {
  test('of another shape stays within it, whole', () => {
    const wide = contentQuad(size(1000, 1000), size(1920, 1080));
    expect(wide).toMatchObject({ halfWidth: 0.5, shownX: 1, shownY: 1 });
    expect(wide.halfHeight).toBeCloseTo(0.5 / (16 / 9));
    const tall = contentQuad(size(1600, 900), size(1080, 1920));
    expect(tall.halfHeight).toBeCloseTo(0.5 * (9 / 16));
    expect(tall.halfWidth / tall.halfHeight).toBeCloseTo(1080 / 1920);
  });

  test('of nearly the same shape covers it a little beyond the edges, cut and not stretched', () => {
    const quad = contentQuad(size(1400, 1000), size(1350, 1000));
    expect(quad.halfWidth).toBeGreaterThan(0.5);
    expect(quad.halfWidth).toBeLessThan(0.51);
    expect(quad.shownX).toBe(1);
    expect((quad.halfWidth * 2) / (quad.halfHeight * 2)).toBeCloseTo((1350 * quad.shownX) / (1000 * quad.shownY), 6);
  });
});
