import { allocate } from './arena';
import { noiseVariance } from './frame-noise';
import { heightOf, levels, plane, stride, widthOf } from './frame-pyramid';
import {
  alignPatch, contrast, foundX, foundY, matrixXX, matrixXY, matrixYY, patchMean, searchPatch, similarity, warpPatch,
} from './patch';
import { centreX, centreY, copyPose, depthOf, facesCamera, focalPx, frameX, frameY, oppositeTilt, Pose, POSE_BYTES } from './pose';
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
const LEAST_SIGHTINGS = 6;
/** Pixels of a patch. */
const PIXELS: f32 = 64;
/** Of the template's brightness, the least that a frame is taken to show it in. */
const LEAST_LIGHT: f32 = 0.2;
/** A patch with a quarter of the noise's squares should be seen still: asking for all of them leaves a dark frame too few. */
const CLEAR: f32 = 0.25;
/** Whatever the noise, less likeness than this means nothing. */
const LEAST_ALIKE: f32 = 0.25;
/** Patches with a standard deviation below 1.5 say nothing. */
const LEAST_CONTRAST: f32 = 64 * 2.25;
/** Similarity to expect of a patch that is where it should be, were there no noise. */
const ALIKE: f32 = 0.7;
/** Times that: what chance doesn't reach. */
const CERTAIN: f32 = 1.28;
/** Of the gradient matrix's trace: what the smaller eigenvalue must exceed to count at all. */
const EDGE: f32 = 0.05;
/** Gradient at which a patch's place is limited by the lens and the template rather than by noise. */
const SHARP: f32 = 4000;
const TILT_CLEARLY_BETTER = 0.8;

const before = changetype<Pose>(allocate(POSE_BYTES));

/** Patches with clear contrast that the pose put into the frame, and those of them that looked alike, in the last pass. */
export let expected: i32 = 0;
export let confirmed: i32 = 0;
/** Sightings that the pose was fitted to last. */
export let sighted: i32 = 0;
/** Of the confirmed patches, those that looked so much alike that chance is ruled out. */
export let certain: i32 = 0;

/**
 * Moves `pose` from the prediction to what the frame shows. When the prediction is off by no more than a pixel or
 * two of a small copy of the frame, alignment alone finds the way; otherwise the patches are searched.
 */
export function follow(target: Target, pose: Pose): void {
  expected = 0;
  confirmed = 0;
  certain = 0;
  sighted = 0;
  const scale = scaleAt(target, pose);
  if (!(scale > 0.05)) return;
  let fine = 0;
  while (fine < levels - 1 && scale > MOST_ENLARGEMENT * <f64>(1 << fine)) fine++;
  const coarsest = coarsestLevel(target, scale, fine);

  for (let level = coarsest; level > fine; level--) {
    copyPose(pose, before);
    const count = sightLevel(target, pose, scale, level, 0, 0);
    if (level == coarsest && 5 * confirmed < 3 * expected) {
      copyPose(before, pose);
      settle(pose, sightLevel(target, pose, scale, level, SEARCH_RADIUS_PX, 0), level);
    } else {
      settle(pose, count, level);
    }
  }
  for (let pass = 0; pass < 2; pass++) {
    // The next smaller copy has its say as well: where the picture is soft it is the sharper witness.
    const soft = fine < coarsest ? sightLevel(target, pose, scale, fine + 1, 0, 0) : 0;
    const count = sightLevel(target, pose, scale, fine, 0, soft);
    settle(pose, count, fine);
    sighted = count;
    if (pass == 0) preferClearTilt(pose, count, fine);
  }
}

/**
 * A small or distant picture fits two tilts, and prediction keeps to the one it came with. Changes to the other when
 * the same sightings fit it clearly better.
 */
function preferClearTilt(pose: Pose, count: i32, frameLevel: i32): void {
  if (count < LEAST_SIGHTINGS) return;
  const tolerance = 0.5 * <f64>(1 << frameLevel);
  oppositeTilt(pose, before);
  if (!facesCamera(before)) return;
  const cost = refinePose(pose, count, tolerance, 2);
  refinePose(before, count, 4 * tolerance, 5);
  if (refinePose(before, count, tolerance, 6) < TILT_CLEARLY_BETTER * cost) copyPose(before, pose);
}

/** The smallest copy of the frame, at most two halvings down, in which the target still has room for patches. */
function coarsestLevel(target: Target, scale: f64, fine: i32): i32 {
  for (let level = min(fine + 2, levels - 1); level > fine; level--) {
    const template = templateLevel(target, templateLevelFor(target, scale / <f64>(1 << level)));
    if (min(template.width, template.height) >= SHORTEST_COARSE_SIDE_PX) return level;
  }
  return fine;
}

function settle(pose: Pose, count: i32, frameLevel: i32): void {
  if (count < LEAST_SIGHTINGS) return;
  const pixel = <f64>(1 << frameLevel);
  refinePose(pose, count, 2 * pixel, 5);
  refinePose(pose, count, 0.5 * pixel, 6);
}

/** As `sightPatches`, with the template level that the frame level shows. */
function sightLevel(target: Target, pose: Pose, scale: f64, frameLevel: i32, radius: i32, first: i32): i32 {
  const m = templateLevelFor(target, scale / <f64>(1 << frameLevel));
  return sightPatches(target, pose, templateLevel(target, m), m, frameLevel, radius, first);
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

/** The frame's brightness around a point given in frame pixels, in one of its small copies. */
// @ts-ignore: decorator
@inline
function lightAt(level: i32, x: f64, y: f64): f32 {
  const ix = min(<i32>x >> level, widthOf(level) - 1), iy = min(<i32>y >> level, heightOf(level) - 1);
  return <f32>load<u8>(plane(level) + <usize>(iy * stride + ix));
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
 * @param first where the sightings go
 * @returns the number after the last
 */
function sightPatches(target: Target, p: Pose, level: TemplateLevel, m: i32, frameLevel: i32, radius: i32, first: i32): i32 {
  const frame = plane(frameLevel), width = widthOf(frameLevel), height = heightOf(frameLevel);
  const shrink: f64 = 1 / <f64>(1 << frameLevel);
  const k = focalPx * shrink, cx = centreX * shrink - 0.5, cy = centreY * shrink - 0.5;
  // Target units a template pixel.
  const unitX = <f64>(1 << m) / <f64>target.templateWidth;
  const unitY = <f64>(1 << m) / <f64>target.templateHeight * target.height;
  const furthest: f32 = radius > 0 ? 2 : 3;
  // A pixel of a halved frame is placed half as sharply by the lens, and four times as well by its noise.
  const sharp = SHARP * <f32>(shrink * shrink);
  const back = <f32>(1 << frameLevel);
  const dim = min(frameLevel + 2, levels - 1);
  let count = first;
  expected = 0;
  confirmed = 0;
  certain = 0;
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
    // Half the light is half the contrast under the same noise: Σ of squares it makes over the patch, in the template's light.
    const light = min(max(lightAt(dim, fx / shrink, fy / shrink) / (patchMean + 1), LEAST_LIGHT), 1);
    const noise = PIXELS * noiseVariance / (light * light);
    const clear = contrast >= CLEAR * noise;
    if (clear) expected++;

    let startX = <f32>fx, startY = <f32>fy;
    const alike: f32 = max(LEAST_ALIKE, ALIKE * sqrt(contrast / (contrast + noise * <f32>(shrink * shrink))));
    if (radius > 0) {
      if (!searchPatch(frame, width, height, stride, startX, startY, radius) || similarity < 0.7 * alike) continue;
      startX = foundX;
      startY = foundY;
    }
    if (!alignPatch(frame, width, height, stride, startX, startY, furthest) || similarity < alike) continue;
    if (clear) {
      confirmed++;
      if (similarity > CERTAIN * alike) certain++;
    }

    const trace = matrixXX + matrixYY;
    const half: f32 = 0.5 * (matrixXX - matrixYY);
    const smaller: f32 = 0.5 * trace - sqrt(half * half + matrixXY * matrixXY);
    // Along an edge a patch knows nothing, whatever noise makes of it.
    const nought = min(smaller, EDGE * trace);
    const weight: f32 = 1 / (1 + trace / sharp);
    storeSighting(
      count++, <f32>x, <f32>y, (foundX + 0.5) * back, (foundY + 0.5) * back,
      weight * (matrixXX - nought), weight * matrixXY, weight * (matrixYY - nought),
    );
  }
  return count;
}
