import { allocate } from './arena';
import { heightOf, plane, stride, widthOf } from './frame-pyramid';

/**
 * How noisy the frame is, from how pixels differ from their four neighbours (after Immerkær, "Fast noise variance
 * estimation", 1996). Where the picture is rich that difference is more than noise, so it is the flattest quarter of
 * the places looked at that says it.
 */
const STEP_PX = 7;
/** Of |4p − neighbours| over σ: √20 for independent noise, times the lower quartile of a normal deviate's size. */
const QUARTILE: f32 = 4.4721 * 0.3186;
/** Any camera's, and what is more than noise. */
const LEAST_SIGMA: f32 = 4;
const MOST_SIGMA: f32 = 12;

const counts = allocate(256 * 4);

/** Variance of a pixel, of 255². */
export let noiseVariance: f32 = LEAST_SIGMA * LEAST_SIGMA;

export function measureNoise(): void {
  memory.fill(counts, 0, 256 * 4);
  const width = widthOf(0), height = heightOf(0);
  let total = 0;
  for (let y = 1; y < height - 1; y += STEP_PX) {
    const row = plane(0) + <usize>(y * stride);
    for (let x = 1; x < width - 1; x += STEP_PX, total++) {
      const at = row + x;
      const around = <i32>load<u8>(at - 1) + <i32>load<u8>(at + 1) + <i32>load<u8>(at - stride) + <i32>load<u8>(at + stride);
      const bin = counts + (<usize>min(255, abs(4 * <i32>load<u8>(at) - around)) << 2);
      store<i32>(bin, load<i32>(bin) + 1);
    }
  }
  let below = 0, quartile = 0;
  for (; quartile < 255; quartile++) {
    below += load<i32>(counts + (<usize>quartile << 2));
    if (4 * below >= total) break;
  }
  const sigma = min(max(<f32>quartile / QUARTILE, LEAST_SIGMA), MOST_SIGMA);
  noiseVariance = sigma * sigma;
}
