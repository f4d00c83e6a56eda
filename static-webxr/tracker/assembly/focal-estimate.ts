import { allocate } from './arena';
import { copyPose, focalPx, Pose, POSE_BYTES, setFocal } from './pose';
import { refinePose, SIGHTING_BYTES, sightings } from './pose-refinement';

/**
 * The camera's focal length, from what it sees: a tilted picture is narrowed by distance as one focal length has it
 * and no other (Zhang, "A flexible new technique for camera calibration", 2000). Sightings of one target in one frame
 * are fitted with each of nine focal lengths; the misfits, summed over frames that differ, are a likelihood over focal
 * lengths, and are taken at their word once it is narrow.
 */
const CANDIDATES: i32 = 9;
/** Between candidates, in log focal length: they reach from 0.76 to 1.32 of what is believed at first. */
const STEP = 0.07;
const MIDDLE: i32 = CANDIDATES >> 1;
/** Candidates fitted in one frame: a fraction of a millisecond. */
const FITS_A_FRAME = 2;
/** What is believed at first is right to about this, in log focal length. */
const PRIOR = 0.15;
/** A likelihood this narrow is believed: soon, for the nearer of two guesses draws better, and later keyframes correct it. */
const NARROW = 0.08;
const MOST_KEYFRAMES = 48;
const LEAST_SIGHTINGS = 16;
const MOST_KEPT = 176;
/** Turn of the target from keyframe to keyframe, as the change of its axes: 3°. */
const LEAST_TURN = 0.05;
/** A misfit of a tenth of a pixel is as good as none. */
const LEAST_MISFIT = 0.01;
/** Sightings of one frame err together (the lens, the template): so many of them count as one. */
const TOGETHER = 12;
/** How fast the focal length moves to where it is found to be: by this share a frame. */
const SLEW = 0.01;

const kept = allocate(MOST_KEPT * SIGHTING_BYTES);
let keptCount: i32 = 0;
const keptPose = changetype<Pose>(allocate(POSE_BYTES));
const fitted = changetype<Pose>(allocate(POSE_BYTES));
const misfits = allocate(CANDIDATES * 8);
const evidence = allocate(CANDIDATES * 8);
let nextCandidate = CANDIDATES;
let keyframes = 0;
let wanted = false;
let believedPx: f64 = 1;
/** Log of the focal length over the one believed at first: in use, and found. */
let ratioLog: f64 = 0;
let foundLog: f64 = 0;

/** The camera of a new frame size. What was found out about an unknown focal length holds on, as a share of it. */
export function believeFocal(px: f64, known: bool): void {
  believedPx = px;
  wanted = !known && keyframes < MOST_KEYFRAMES;
  nextCandidate = CANDIDATES;
  setFocal(known ? px : px * Math.exp(ratioLog));
}

/** Offers the first `count` sightings, which `pose` fits, as a keyframe. */
export function offerKeyframe(pose: Pose, count: i32): void {
  if (!wanted || nextCandidate < CANDIDATES || count < LEAST_SIGHTINGS || count > MOST_KEPT) return;
  if (keyframes > 0 && !hasTurned(pose)) return;
  memory.copy(kept, sightings, <usize>count * SIGHTING_BYTES);
  keptCount = count;
  copyPose(pose, keptPose);
  keptPose.tz *= believedPx / focalPx;
  nextCandidate = 0;
}

function hasTurned(p: Pose): bool {
  const q = keptPose;
  const x0 = p.r00 - q.r00, x1 = p.r10 - q.r10, x2 = p.r20 - q.r20, y0 = p.r01 - q.r01, y1 = p.r11 - q.r11, y2 = p.r21 - q.r21;
  return x0 * x0 + x1 * x1 + x2 * x2 + y0 * y0 + y1 * y1 + y2 * y2 > LEAST_TURN * LEAST_TURN;
}

/** At the end of a frame. @returns what the focal length is now, over what it was: 1 most of the time */
export function learnFocal(): f64 {
  if (wanted && nextCandidate < CANDIDATES) fitSome();
  const left = foundLog - ratioLog;
  if (left == 0) return 1;
  const before = focalPx;
  ratioLog = abs(left) <= SLEW ? foundLog : ratioLog + (left > 0 ? SLEW : -SLEW);
  setFocal(believedPx * Math.exp(ratioLog));
  return focalPx / before;
}

function fitSome(): void {
  const inUse = focalPx;
  memory.copy(sightings, kept, <usize>keptCount * SIGHTING_BYTES);
  for (let i = 0; i < FITS_A_FRAME && nextCandidate < CANDIDATES; i++, nextCandidate++) {
    const ratio = Math.exp(STEP * <f64>(nextCandidate - MIDDLE));
    setFocal(believedPx * ratio);
    copyPose(keptPose, fitted);
    fitted.tz *= ratio;
    refinePose(fitted, keptCount, 2, 6);
    store<f64>(misfits + (<usize>nextCandidate << 3), refinePose(fitted, keptCount, 1, 6));
  }
  setFocal(inUse);
  if (nextCandidate == CANDIDATES) weigh();
}

/** Adds the keyframe's misfits to the evidence and looks how narrow it has become. */
function weigh(): void {
  keyframes++;
  let least = Infinity;
  for (let g: usize = 0; g < <usize>CANDIDATES; g++) least = min(least, load<f64>(misfits + (g << 3)));
  const scale = <f64>keptCount / (TOGETHER * max(least, LEAST_MISFIT));
  let best: usize = 0, lowest = Infinity;
  for (let g: usize = 0; g < <usize>CANDIDATES; g++) {
    const at = evidence + (g << 3);
    store<f64>(at, load<f64>(at) + scale * load<f64>(misfits + (g << 3)));
    const c = cost(g);
    if (c < lowest) {
      lowest = c;
      best = g;
    }
  }
  if (best == 0 || best == <usize>CANDIDATES - 1) return;
  // The parabola through the lowest and its neighbours; −log likelihood ½ (x − m)² / σ² has the curvature 1 / σ².
  const before = cost(best - 1), after = cost(best + 1);
  const curvature = (before - 2 * lowest + after) / (STEP * STEP);
  if (!(curvature > 0)) return;
  const sigma = 1 / sqrt(curvature);
  if (sigma < NARROW) foundLog = STEP * (<f64>best - MIDDLE) + 0.5 * STEP * (before - after) / (before - 2 * lowest + after);
  if (keyframes == MOST_KEYFRAMES) wanted = false;
}

/** −log likelihood of a candidate, with the prior. */
function cost(g: usize): f64 {
  const x = STEP * (<f64>g - MIDDLE) / PRIOR;
  return 0.5 * (load<f64>(evidence + (g << 3)) + x * x);
}
