import { allocate } from './arena';
import { TemplateLevel } from './target';

/**
 * An 8×8 patch of the template as the camera should see it, and its exact place in the frame. The gradient matrix of
 * the patch is taken once, from the template (inverse compositional alignment: Baker and Matthews, "Lucas-Kanade 20
 * years on", 2004); gain and offset of the light drop out.
 */
const SIDE = 8;
const PIXELS: f32 = 64;
const WIDE = SIDE + 2;

/** The patch with one pixel around it, f32. */
const wide = allocate(WIDE * WIDE * 4);
/** The patch less its mean; its gradients less theirs: 64 f32 each. */
const values = allocate(64 * 4);
const gradientX = allocate(64 * 4);
const gradientY = allocate(64 * 4);
/** The patch less its mean in whole steps: 64 i16. */
const whole = allocate(64 * 2);
/** The frame under the patch: 64 f32. */
const seen = allocate(64 * 4);

/** Of the warped patch: its mean brightness, Σ values², and the gradient matrix. */
export let patchMean: f32 = 0;
export let contrast: f32 = 0;
export let matrixXX: f32 = 0;
export let matrixXY: f32 = 0;
export let matrixYY: f32 = 0;

/** Where the patch was found, in pixels of the frame's level (centres at whole numbers), and how alike it looks there. */
export let foundX: f32 = 0;
export let foundY: f32 = 0;
/** Zero-mean normalised cross-correlation, −1 to 1. */
export let similarity: f32 = 0;

/**
 * Takes the patch around (x, y) of the template level. (ax, ay) and (bx, by) are the steps on the template that one
 * frame pixel to the right and one down correspond to.
 * @returns false when the patch leaves the template
 */
export function warpPatch(level: TemplateLevel, x: f32, y: f32, ax: f32, ay: f32, bx: f32, by: f32): bool {
  const reachX: f32 = 4.5 * (abs(ax) + abs(bx)), reachY: f32 = 4.5 * (abs(ay) + abs(by));
  if (!(x - reachX >= 0 && y - reachY >= 0 && x + reachX < <f32>(level.width - 1) && y + reachY < <f32>(level.height - 1))) return false;

  const stride = level.width;
  let rowX: f32 = x - 4.5 * (ax + bx), rowY: f32 = y - 4.5 * (ay + by);
  let to = wide;
  for (let row = 0; row < WIDE; row++) {
    let px = rowX, py = rowY;
    for (let column = 0; column < WIDE; column++) {
      const ix = <i32>px, iy = <i32>py;
      const fx = px - <f32>ix, fy = py - <f32>iy;
      const at = level.pixels + <usize>(iy * stride + ix);
      const a = <f32>load<u8>(at), b = <f32>load<u8>(at, 1);
      const c = <f32>load<u8>(at + stride), d = <f32>load<u8>(at + stride, 1);
      const top = a + (b - a) * fx, bottom = c + (d - c) * fx;
      store<f32>(to, top + (bottom - top) * fy);
      to += 4;
      px += ax;
      py += ay;
    }
    rowX += bx;
    rowY += by;
  }
  derive();
  return true;
}

/** Values and gradients less their means, and the sums that alignment needs. */
function derive(): void {
  let sum = f32x4.splat(0), sumX = f32x4.splat(0), sumY = f32x4.splat(0);
  const half = f32x4.splat(0.5);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column += 4) {
      const at = wide + <usize>(((row + 1) * WIDE + column + 1) << 2);
      const to = <usize>((row * SIDE + column) << 2);
      const v = v128.load(at);
      const gx = f32x4.mul(half, f32x4.sub(v128.load(at + 4), v128.load(at - 4)));
      const gy = f32x4.mul(half, f32x4.sub(v128.load(at + WIDE * 4), v128.load(at - WIDE * 4)));
      v128.store(values + to, v);
      v128.store(gradientX + to, gx);
      v128.store(gradientY + to, gy);
      sum = f32x4.add(sum, v);
      sumX = f32x4.add(sumX, gx);
      sumY = f32x4.add(sumY, gy);
    }
  }
  patchMean = total(sum) / PIXELS;
  const mean = f32x4.splat(patchMean);
  const meanX = f32x4.splat(total(sumX) / PIXELS), meanY = f32x4.splat(total(sumY) / PIXELS);
  let vv = f32x4.splat(0), xx = vv, xy = vv, yy = vv;
  for (let i: usize = 0; i < 256; i += 16) {
    const v = f32x4.sub(v128.load(values + i), mean);
    const gx = f32x4.sub(v128.load(gradientX + i), meanX), gy = f32x4.sub(v128.load(gradientY + i), meanY);
    v128.store(values + i, v);
    v128.store(gradientX + i, gx);
    v128.store(gradientY + i, gy);
    vv = f32x4.add(vv, f32x4.mul(v, v));
    xx = f32x4.add(xx, f32x4.mul(gx, gx));
    xy = f32x4.add(xy, f32x4.mul(gx, gy));
    yy = f32x4.add(yy, f32x4.mul(gy, gy));
  }
  contrast = total(vv);
  matrixXX = total(xx);
  matrixXY = total(xy);
  matrixYY = total(yy);
}

/**
 * Slides the warped patch over every whole position within `radius` of (x, y) and leaves the most similar one in
 * `foundX`, `foundY`, `similarity`.
 * @returns false when a position lies outside the plane
 */
export function searchPatch(plane: usize, width: i32, height: i32, stride: i32, x: f32, y: f32, radius: i32): bool {
  const left = <i32>nearest(x - 3.5) - radius, top = <i32>nearest(y - 3.5) - radius;
  if (left < 0 || top < 0 || left + 2 * radius + 8 > width || top + 2 * radius + 8 > height) return false;

  let wholeSum: i32 = 0, wholeSquares: i32 = 0;
  for (let i: usize = 0; i < 64; i++) {
    const v = <i32>nearest(load<f32>(values + (i << 2)));
    store<i16>(whole + (i << 1), v);
    wholeSum += v;
    wholeSquares += v * v;
  }
  const templateVariance = <f32>wholeSquares - <f32>(wholeSum * wholeSum) / PIXELS;
  if (templateVariance <= 0) return false;

  const one = i16x8.splat(1);
  const nearness: f32 = 0.04 / <f32>(radius * radius);
  let best: f32 = -2;
  let bestX = 0, bestY = 0;
  for (let dy = 0; dy <= 2 * radius; dy++) {
    for (let dx = 0; dx <= 2 * radius; dx++) {
      const from = plane + <usize>((top + dy) * stride + left + dx);
      let sums = i32x4.splat(0), squares = i32x4.splat(0), products = i32x4.splat(0);
      for (let row = 0; row < SIDE; row++) {
        const f = v128.load_ext<u8>(from + <usize>(row * stride));
        sums = i32x4.add(sums, i32x4.dot_i16x8_s(f, one));
        squares = i32x4.add(squares, i32x4.dot_i16x8_s(f, f));
        products = i32x4.add(products, i32x4.dot_i16x8_s(f, v128.load(whole + <usize>(row << 4))));
      }
      const sum = wholeTotal(sums);
      const variance = <f32>wholeTotal(squares) - <f32>sum * <f32>sum / PIXELS;
      if (variance <= 16) continue;
      const product = <f32>wholeTotal(products) - <f32>wholeSum * <f32>sum / PIXELS;
      // Squares keep their order without a root; only positive likeness counts. Of equals, as along an edge, the
      // nearest place wins.
      const far = <f32>((dx - radius) * (dx - radius) + (dy - radius) * (dy - radius));
      const alike: f32 = product <= 0 ? -1 : (product * product / variance) * (1 - far * nearness);
      if (alike > best) {
        best = alike;
        bestX = dx;
        bestY = dy;
      }
    }
  }
  foundX = <f32>(left + bestX) + 3.5;
  foundY = <f32>(top + bestY) + 3.5;
  similarity = best <= 0 ? 0 : sqrt(best / templateVariance);
  return true;
}

/**
 * Moves the warped patch from (x, y) to where it fits best, in fractions of a pixel.
 * @param furthest how far it may move, in pixels
 * @returns false when it leaves the plane, moves too far or has nothing to hold on to
 */
export function alignPatch(plane: usize, width: i32, height: i32, stride: i32, x: f32, y: f32, furthest: f32): bool {
  // A little of the identity keeps noise from moving a patch along an edge.
  const ridge: f32 = 0.02 * (matrixXX + matrixYY) + 1;
  const xx = matrixXX + ridge, yy = matrixYY + ridge, xy = matrixXY;
  const inverse: f32 = 1 / (xx * yy - xy * xy);
  let px = x, py = y;
  for (let i = 0; i < 8; i++) {
    const left = px - 3.5, top = py - 3.5;
    if (!(left >= 0 && top >= 0 && left < <f32>(width - 9) && top < <f32>(height - 9))) return false;
    sampleSeen(plane, stride, left, top);

    let sum = f32x4.splat(0), squares = sum, products = sum;
    for (let k: usize = 0; k < 256; k += 16) {
      const s = v128.load(seen + k);
      sum = f32x4.add(sum, s);
      squares = f32x4.add(squares, f32x4.mul(s, s));
      products = f32x4.add(products, f32x4.mul(s, v128.load(values + k)));
    }
    const seenSum = total(sum);
    const variance = total(squares) - seenSum * seenSum / PIXELS;
    const product = total(products);
    similarity = variance > 0 && contrast > 0 ? product / sqrt(variance * contrast) : 0;
    // Gain that brings the frame to the template's contrast, by least squares; a wrong match must not blow it up.
    const gain: f32 = product > 0 ? min(max(contrast / product, 0.25), 4) : 1;

    let bx = f32x4.splat(0), by = bx;
    const scale = f32x4.splat(gain), mean = f32x4.splat(seenSum / PIXELS);
    for (let k: usize = 0; k < 256; k += 16) {
      const error = f32x4.sub(v128.load(values + k), f32x4.mul(scale, f32x4.sub(v128.load(seen + k), mean)));
      bx = f32x4.add(bx, f32x4.mul(error, v128.load(gradientX + k)));
      by = f32x4.add(by, f32x4.mul(error, v128.load(gradientY + k)));
    }
    const gx = total(bx), gy = total(by);
    const dx = (yy * gx - xy * gy) * inverse, dy = (xx * gy - xy * gx) * inverse;
    px += dx;
    py += dy;
    if (abs(px - x) > furthest || abs(py - y) > furthest) return false;
    if (dx * dx + dy * dy < 0.0004) break;
  }
  foundX = px;
  foundY = py;
  return true;
}

/** The frame's 8×8 pixels from (left, top), bilinear: one pair of weights for all. */
function sampleSeen(plane: usize, stride: i32, left: f32, top: f32): void {
  const ix = <i32>left, iy = <i32>top;
  const fx = f32x4.splat(left - <f32>ix), fy = f32x4.splat(top - <f32>iy);
  let at = plane + <usize>(iy * stride + ix);
  let left0 = across(at, fx), right0 = across(at + 4, fx);
  for (let row: usize = 0; row < <usize>SIDE; row++) {
    at += stride;
    const left1 = across(at, fx), right1 = across(at + 4, fx);
    const to = seen + (row << 5);
    v128.store(to, f32x4.add(left0, f32x4.mul(f32x4.sub(left1, left0), fy)));
    v128.store(to, f32x4.add(right0, f32x4.mul(f32x4.sub(right1, right0), fy)), 16);
    left0 = left1;
    right0 = right1;
  }
}

// @ts-ignore: decorator
@inline
function across(at: usize, fraction: v128): v128 {
  const a = four(at), b = four(at + 1);
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), fraction));
}

// @ts-ignore: decorator
@inline
function four(at: usize): v128 {
  const bytes = v128.load32_zero(at);
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}

// @ts-ignore: decorator
@inline
function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

// @ts-ignore: decorator
@inline
function wholeTotal(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + (i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3));
}
