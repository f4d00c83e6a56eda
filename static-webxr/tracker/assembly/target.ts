import { allocate, mark, release } from './arena';
import { DESCRIPTOR_BYTES } from './descriptor';
import { choosePoints } from './patch-points';
import { Pose, POSE_BYTES } from './pose';
import { decodeTemplate } from './template-codec';

export const MOST_TARGETS = 128;
const TEMPLATE_LEVELS = 4;
export const SEARCHING = 0;
export const TRACKING = 1;
export const HELD = 2;
export const BRIDGED = 3;

const VERSION = 1;
const PATTERN = 1;
const HEADER_BYTES = 32;
const VIEW_BYTES = 8;
const KEYPOINT_BYTES = 6;
const MOST_KEYPOINTS = 2000;
const LONGEST_TEMPLATE_SIDE_PX = 2048;
/** Eight times what the compiler makes: adding a target takes a bounded time, whatever its file says. */
const MOST_TEMPLATE_PIXELS = 1 << 18;

/** One size of a target's grey template. Pixel i of level m has its centre at (i + 0.5) · 2^m of the largest. */
@unmanaged
export class TemplateLevel {
  pixels: usize;
  width: i32;
  height: i32;
  /** x, y pairs of f32 in this level's pixels: where patches are taken. */
  points: usize;
  pointCount: i32;
}

const TEMPLATE_LEVEL_BYTES: usize = offsetof<TemplateLevel>();
const RESULT_BYTES: usize = 4 + 16 * 4 + 8 * 4;

/** A target and what is known of it. */
@unmanaged
export class Target {
  widthPx: i32;
  heightPx: i32;
  /** Height of the target's plane; its width is 1. */
  height: f64;
  templateWidth: i32;
  templateHeight: i32;
  templateLevels: i32;
  firstLevel: usize;
  keypointCount: i32;
  /** x, y pairs of f32 on the target's plane. */
  keypoints: usize;
  descriptors: usize;
  /** 0 to 63 each. */
  orientations: usize;
  /** Each keypoint's view's width in half octaves: round(2 · log2(width in pixels)). */
  sizes: usize;
  /** Each keypoint's view's width in pixels, f32. */
  viewWidths: usize;
  state: i32;
  /** When it was last seen plus a frame, and since when it should have been seen again. */
  lostMs: f64;
  missedMs: f64;
  /** When the shown pose began to glide from where it was bridged to. */
  returnedMs: f64;
  hasVelocity: bool;
  /** As measured in the last frame, and the one before. */
  pose: Pose;
  previous: Pose;
  /** As shown. */
  shown: Pose;
  /** u32 state, 16 × f32 matrix, 8 × f32 corners. */
  result: usize;
}

const targets = allocate(MOST_TARGETS * sizeof<usize>());
export let targetCount: i32 = 0;

export function targetAt(index: i32): Target {
  return changetype<Target>(load<usize>(targets + (<usize>index << 2)));
}

export function templateLevel(target: Target, level: i32): TemplateLevel {
  return changetype<TemplateLevel>(target.firstLevel + <usize>level * TEMPLATE_LEVEL_BYTES);
}

/** @returns the target's index, or −1 when the file can't be used: nothing is kept then */
export function addTargetFile(file: usize, bytes: i32): i32 {
  if (targetCount == MOST_TARGETS) return -1;
  const before = mark();
  const target = parse(file, bytes);
  if (target == 0) {
    release(before);
    return -1;
  }
  store<usize>(targets + (<usize>targetCount << 2), target);
  return targetCount++;
}

function parse(file: usize, bytes: i32): usize {
  if (bytes < HEADER_BYTES || load<u32>(file) != 0x4b524d50) return 0;
  if (load<u16>(file, 4) != VERSION || load<u8>(file, 7) != PATTERN) return 0;
  const viewCount = <i32>load<u8>(file, 6);
  const keypointCount = <i32>load<u16>(file, 16);
  const width = <i32>load<u16>(file, 12), height = <i32>load<u16>(file, 14);
  const codeBytes = load<u32>(file, 20);
  if (keypointCount > MOST_KEYPOINTS || codeBytes > <u32>bytes) return 0;
  if (width == 0 || height == 0 || max(width, height) > LONGEST_TEMPLATE_SIDE_PX || width * height > MOST_TEMPLATE_PIXELS) return 0;
  if (load<u16>(file, 8) == 0 || load<u16>(file, 10) == 0) return 0;
  const keypointsAt = HEADER_BYTES + VIEW_BYTES * viewCount;
  const descriptorsAt = keypointsAt + KEYPOINT_BYTES * keypointCount;
  const templateAt = descriptorsAt + DESCRIPTOR_BYTES * keypointCount;
  if (bytes != templateAt + <i32>codeBytes) return 0;
  if (crc32(file + HEADER_BYTES, bytes - HEADER_BYTES) != load<u32>(file, 28)) return 0;

  const target = changetype<Target>(allocate(offsetof<Target>()));
  target.widthPx = <i32>load<u16>(file, 8);
  target.heightPx = <i32>load<u16>(file, 10);
  target.height = <f64>target.heightPx / <f64>target.widthPx;
  target.pose = changetype<Pose>(allocate(POSE_BYTES));
  target.previous = changetype<Pose>(allocate(POSE_BYTES));
  target.shown = changetype<Pose>(allocate(POSE_BYTES));
  target.result = allocate(RESULT_BYTES);

  target.keypointCount = keypointCount;
  target.keypoints = allocate(<usize>keypointCount << 3);
  target.descriptors = allocate(<usize>keypointCount * DESCRIPTOR_BYTES);
  target.orientations = allocate(keypointCount);
  target.sizes = allocate(keypointCount);
  target.viewWidths = allocate(<usize>keypointCount << 2);
  memory.copy(target.descriptors, file + descriptorsAt, <usize>keypointCount * DESCRIPTOR_BYTES);
  let i = 0;
  for (let view = 0; view < viewCount; view++) {
    const at = file + HEADER_BYTES + <usize>(VIEW_BYTES * view);
    const size = halfOctaves(<f64>load<u16>(at));
    for (let left = <i32>load<u16>(at, 4); left > 0; left--) {
      if (i == keypointCount) return 0;
      const keypoint = file + keypointsAt + <usize>(KEYPOINT_BYTES * i);
      const to = target.keypoints + (<usize>i << 3);
      store<f32>(to, <f32>load<u16>(keypoint) / 65536 - 0.5);
      store<f32>(to, (<f32>load<u16>(keypoint, 2) / 65536 - 0.5) * <f32>target.height, 4);
      store<u8>(target.orientations + i, load<u8>(keypoint, 4) & 63);
      store<u8>(target.sizes + i, size);
      store<f32>(target.viewWidths + (<usize>i << 2), <f32>load<u16>(at));
      i++;
    }
  }
  if (i != keypointCount) return 0;
  return buildTemplate(target, file + templateAt, codeBytes, width, height, load<u8>(file, 19)) ? changetype<usize>(target) : 0;
}

function buildTemplate(target: Target, code: usize, codeBytes: i32, width: i32, height: i32, near: i32): bool {
  target.templateWidth = width;
  target.templateHeight = height;
  target.firstLevel = allocate(<usize>TEMPLATE_LEVELS * TEMPLATE_LEVEL_BYTES);
  for (let m = 0; m < TEMPLATE_LEVELS && width > 0 && height > 0; m++) {
    const level = templateLevel(target, m);
    level.pixels = allocate(<usize>(width * height));
    level.width = width;
    level.height = height;
    if (m == 0) {
      if (!decodeTemplate(code, codeBytes, level.pixels, width, height, near)) return false;
    } else {
      const larger = templateLevel(target, m - 1);
      halvePlain(larger.pixels, larger.width, level.pixels, width, height);
    }
    choosePoints(level);
    target.templateLevels = m + 1;
    width >>= 1;
    height >>= 1;
  }
  return true;
}

/** As `halve`, for images of any width: runs once a target. */
function halvePlain(from: usize, fromWidth: i32, to: usize, width: i32, height: i32): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = from + <usize>(2 * y * fromWidth + 2 * x);
      const sum = <i32>load<u8>(at) + <i32>load<u8>(at, 1) + <i32>load<u8>(at + fromWidth) + <i32>load<u8>(at + fromWidth, 1);
      store<u8>(to + <usize>(y * width + x), (sum + 2) >> 2);
    }
  }
}

/** round(2 · log2(length)), by doubling √2. */
function halfOctaves(length: f64): i32 {
  let count = 0;
  for (let reached = 1.189207115002721; reached < length; reached *= Math.SQRT2) count++;
  return count;
}

/** CRC-32 as in ISO 3309 and PNG. */
function crc32(from: usize, bytes: i32): u32 {
  let crc: u32 = 0xffffffff;
  for (let i = 0; i < bytes; i++) {
    crc ^= load<u8>(from + i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xedb88320 & (0 - (crc & 1)));
  }
  return ~crc;
}
