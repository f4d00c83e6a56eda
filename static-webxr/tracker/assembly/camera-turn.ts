import { allocate } from './arena';
import { orthonormalise, Pose } from './pose';

/**
 * How the camera turned from frame to frame, as the phone's sensors say. A turn about the camera's own centre moves
 * every point of the scene alike, near or far: X' = D · X with D = R'ᵀ · R, where R takes the camera to the earth.
 */
const current = allocate(9 * 8);
const last = allocate(9 * 8);
const difference = allocate(9 * 8);
let given = false;
let givenBefore = false;

/** Whether this frame's turn and the one before it are known, so that `carry` means something. */
export let turned = false;

/** Camera (OpenGL's axes) to earth, for the next frame. */
export function turnCamera(
  r00: f64, r01: f64, r02: f64, r10: f64, r11: f64, r12: f64, r20: f64, r21: f64, r22: f64,
): void {
  // In here the camera has y down and looks along +z.
  store<f64>(current, r00); store<f64>(current, -r01, 8); store<f64>(current, -r02, 16);
  store<f64>(current, r10, 24); store<f64>(current, -r11, 32); store<f64>(current, -r12, 40);
  store<f64>(current, r20, 48); store<f64>(current, -r21, 56); store<f64>(current, -r22, 64);
  given = true;
}

/** Once a frame. */
export function takeTurn(): void {
  turned = given && givenBefore;
  if (turned) {
    for (let i: usize = 0; i < 3; i++) {
      for (let j: usize = 0; j < 3; j++) {
        let sum: f64 = 0;
        for (let k: usize = 0; k < 3; k++) {
          sum += load<f64>(current + ((3 * k + i) << 3)) * load<f64>(last + ((3 * k + j) << 3));
        }
        store<f64>(difference + ((3 * i + j) << 3), sum);
      }
    }
  }
  if (given) memory.copy(last, current, 72);
  givenBefore = given;
  given = false;
}

/** Moves a pose from the last frame to where the camera's turn alone puts it in this one. */
export function carry(p: Pose): void {
  const d = difference;
  const d0 = load<f64>(d), d1 = load<f64>(d, 8), d2 = load<f64>(d, 16);
  const d3 = load<f64>(d, 24), d4 = load<f64>(d, 32), d5 = load<f64>(d, 40);
  const d6 = load<f64>(d, 48), d7 = load<f64>(d, 56), d8 = load<f64>(d, 64);
  const a0 = p.r00, a1 = p.r10, a2 = p.r20, b0 = p.r01, b1 = p.r11, b2 = p.r21, t0 = p.tx, t1 = p.ty, t2 = p.tz;
  p.r00 = d0 * a0 + d1 * a1 + d2 * a2;
  p.r10 = d3 * a0 + d4 * a1 + d5 * a2;
  p.r20 = d6 * a0 + d7 * a1 + d8 * a2;
  p.r01 = d0 * b0 + d1 * b1 + d2 * b2;
  p.r11 = d3 * b0 + d4 * b1 + d5 * b2;
  p.r21 = d6 * b0 + d7 * b1 + d8 * b2;
  orthonormalise(p);
  p.tx = d0 * t0 + d1 * t1 + d2 * t2;
  p.ty = d3 * t0 + d4 * t1 + d5 * t2;
  p.tz = d6 * t0 + d7 * t1 + d8 * t2;
}
