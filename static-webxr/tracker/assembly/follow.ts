import { heightOf, levels, plane, stride, widthOf } from './frame-pyramid';
import {
  alignPatch, contrast, foundX, foundY, matrixXX, matrixXY, matrixYY, searchPatch, similarity, warpPatch,
} from './patch';
import { centreX, centreY, depthOf, focalPx, frameX, frameY, Pose } from './pose';
import { refinePose, storeSighting } from './pose-refinement';
import { Target, TemplateLevel, templateLevel } from './target';

/**
 * Follows a target from a predicted pose: patches of its template, drawn as the camera should see them, are searched
 * in a small copy of the frame, then aligned to fractions of a pixel in a larger one; the pose is what the patches
 * agree on.
 */

/** A template isn't enlarged by more than this; a frame is halved instead. */
const MOST_ENLARGEMENT = 1.6;
const SEARCH_RADIUS_PX = 7;
const SHORTEST_COARSE_SIDE_PX = 28;
/** Standard deviation of 4 over a patch: below that, noise decides. */
const LEAST_CONTRAST: f32 = 64 * 16;
const ALIKE: f32 = 0.7;

/** Patches that the pose put into the frame, and those of them that looked alike, in the last pass. */
export let expected: i32 = 0;
export let confirmed: i32 = 0;
/** Root mean square distance of the confirmed patches from the pose, in frame pixels. */
export let residualPx: f64 = 0;

/**
 * Moves `pose` from the prediction to what the frame shows.
 * @param search whether the prediction may be off by many pixels
 */
export function follow(target: Target, pose: Pose, search: bool): void {
  const scale = scaleAt(target, pose);
  expected = 0;
  confirmed = 0;
  if (!(scale > 0.05)) return;
  let fine = 0;
  while (fine < levels - 1 && scale > MOST_ENLARGEMENT * <f64>(1 << fine)) fine++;

  if (search) {
    for (let coarse = min(fine + 2, levels - 1); coarse > fine; coarse--) {
      const m = templateLevelFor(target, scale / <f64>(1 << coarse));
      const level = templateLevel(target, m);
      if (min(level.width, level.height) < SHORTEST_COARSE_SIDE_PX) continue;
      const radius = coarse == fine + 1 && expected > 0 ? 2 : SEARCH_RADIUS_PX;
      const count = sightPatches(target, pose, level, m, coarse, radius);
      if (count >= 6) {
        const pixel = <f64>(1 << coarse);
        refinePose(pose, count, 4 * pixel, 6);
        refinePose(pose, count, 1 * pixel, 6);
      }
    }
  }
  for (let pass = 0; pass < 2; pass++) {
    const m = templateLevelFor(target, scale / <f64>(1 << fine));
    const count = sightPatches(target, pose, templateLevel(target, m), m, fine, 0);
    if (count < 6) return;
    const pixel = <f64>(1 << fine);
    if (pass == 0) refinePose(pose, count, 2 * pixel, 5);
    refinePose(pose, count, 0.5 * pixel, 6);
  }
}

/** Frame pixels a pixel of the largest template, at the middle of the target's visible part. */
function scaleAt(target: Target, p: Pose): f64 {
  // The point of the target nearest to the middle of the frame: the whole target may not be in view.
  const rx = centreX, ry = centreY;
  let x: f64 = 0, y: f64 = 0, least = Infinity;
  for (let i = 0; i < 25; i++) {
    const cx = 0.2 * <f64>(i % 5 - 2), cy = 0.2 * <f64>(i / 5 - 2) * target.height;
    if (depthOf(p, cx, cy) <= 0.01) continue;
    const dx = frameX(p, cx, cy) - rx, dy = frameY(p, cx, cy) - ry;
    const d = dx * dx + dy * dy;
    if (d < least) {
      least = d;
      x = cx;
      y = cy;
    }
  }
  if (least == Infinity) return 0;
  const z = 1 / depthOf(p, x, y);
  const k = focalPx * z;
  const u = (frameX(p, x, y) - centreX) * z, v = (frameY(p, x, y) - centreY) * z;
  const area = (k * p.r00 - u * p.r20) * (k * p.r11 - v * p.r21) - (k * p.r01 - u * p.r21) * (k * p.r10 - v * p.r20);
  return sqrt(max(area, 0)) / <f64>target.templateWidth;
}

/** The template level that the frame shows at 0.8 to 1.6 times its size. */
function templateLevelFor(target: Target, scale: f64): i32 {
  let m = 0;
  while (m < target.templateLevels - 1 && scale * <f64>(1 << m) < 0.5 * MOST_ENLARGEMENT) m++;
  return m;
}

/**
 * Finds the template level's patches in one level of the frame and stores a sighting for each that looks alike.
 * @param radius pixels of that level to search first; 0 when the pose is nearly right
 */
function sightPatches(target: Target, p: Pose, level: TemplateLevel, m: i32, frameLevel: i32, radius: i32): i32 {
  const frame = plane(frameLevel), width = widthOf(frameLevel), height = heightOf(frameLevel);
  const shrink: f64 = 1 / <f64>(1 << frameLevel);
  const k = focalPx * shrink, cx = centreX * shrink - 0.5, cy = centreY * shrink - 0.5;
  // Target units a template pixel.
  const unitX = <f64>(1 << m) / <f64>target.templateWidth;
  const unitY = <f64>(1 << m) / <f64>target.templateHeight * target.height;
  const furthest: f32 = radius > 0 ? 2 : 3;
  let count = 0;
  let squares: f64 = 0;
  expected = 0;
  for (let i = 0; i < level.pointCount; i++) {
    const tx = load<f32>(level.points + (<usize>i << 3)), ty = load<f32>(level.points + (<usize>i << 3), 4);
    const x = (<f64>tx + 0.5) * unitX - 0.5, y = (<f64>ty + 0.5) * unitY - 0.5 * target.height;
    const z = depthOf(p, x, y);
    if (z < 0.02) continue;
    const u = (p.r00 * x + p.r01 * y + p.tx) / z, v = (p.r10 * x + p.r11 * y + p.ty) / z;
    const fx = cx + k * u, fy = cy + k * v;
    if (!(fx > 5 && fy > 5 && fx < <f64>(width - 6) && fy < <f64>(height - 6))) continue;

    const s = k / z;
    const j00 = s * (p.r00 - u * p.r20) * unitX, j01 = s * (p.r01 - u * p.r21) * unitY;
    const j10 = s * (p.r10 - v * p.r20) * unitX, j11 = s * (p.r11 - v * p.r21) * unitY;
    const determinant = j00 * j11 - j01 * j10;
    if (!(determinant > 0.02)) continue;
    const q = 1 / determinant;
    if (!warpPatch(level, tx, ty, <f32>(j11 * q), <f32>(-j10 * q), <f32>(-j01 * q), <f32>(j00 * q))) continue;
    if (contrast < LEAST_CONTRAST) continue;
    expected++;

    let startX = <f32>fx, startY = <f32>fy;
    if (radius > 0) {
      if (!searchPatch(frame, width, height, stride, startX, startY, radius) || similarity < 0.5) continue;
      startX = foundX;
      startY = foundY;
    }
    if (!alignPatch(frame, width, height, stride, startX, startY, furthest) || similarity < ALIKE) continue;
    const ex = <f64>foundX - fx, ey = <f64>foundY - fy;
    squares += (ex * ex + ey * ey);
    const back = <f32>(1 << frameLevel);
    storeSighting(count++, <f32>x, <f32>y, (foundX + 0.5) * back, (foundY + 0.5) * back, matrixXX, matrixXY, matrixYY);
  }
  confirmed = count;
  residualPx = sqrt(squares / <f64>max(count, 1)) / shrink;
  return count;
}
