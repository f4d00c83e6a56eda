/**
 * FAST-9 corner scores: the largest difference by which nine neighbours in a row, on a circle of radius 3, are all
 * brighter or all darker than the pixel. Rosten and Drummond, ECCV 2006. Sixteen pixels at a time; the same scores
 * as functions/Vision/FastCorners.cs.
 */

/**
 * Writes the score of every pixel at least `margin` − 1 (≥ 3) from every edge, 0 where it is below `threshold`.
 * Pixels nearer to an edge are not written: clear the plane once.
 * @param image, scores planes with `stride` bytes a row; the area inside the margins is at least 16 wide
 */
export function cornerScores(image: usize, scores: usize, width: i32, height: i32, stride: i32, threshold: i32, margin: i32): void {
  const least = i8x16.splat(<i8>threshold);
  const from = margin - 1;
  const to = width - margin - 15; // first pixel of the last sixteen
  for (let y = margin - 1; y <= height - margin; y++) {
    const row = image + <usize>(y * stride);
    const target = scores + <usize>(y * stride);
    for (let x = from; ; x += 16) {
      if (x > to) x = to;
      v128.store(target + x, scoresOfSixteen(row + x, stride, least));
      if (x == to) break;
    }
  }
}

// @ts-ignore: decorator
@inline
function scoresOfSixteen(at: usize, stride: i32, least: v128): v128 {
  const s = <usize>stride;
  const p = v128.load(at);
  const c0 = v128.load(at - 3 * s), c8 = v128.load(at + 3 * s);
  const c4 = v128.load(at + 3), c12 = v128.load(at - 3);

  // Nine in a row always hold one end of each diameter, so most pixels are ruled out by four of the sixteen.
  const brighter = i8x16.min_u(
    i8x16.max_u(i8x16.sub_sat_u(c0, p), i8x16.sub_sat_u(c8, p)),
    i8x16.max_u(i8x16.sub_sat_u(c4, p), i8x16.sub_sat_u(c12, p)),
  );
  const darker = i8x16.min_u(
    i8x16.max_u(i8x16.sub_sat_u(p, c0), i8x16.sub_sat_u(p, c8)),
    i8x16.max_u(i8x16.sub_sat_u(p, c4), i8x16.sub_sat_u(p, c12)),
  );
  if (!v128.any_true(i8x16.ge_u(i8x16.max_u(brighter, darker), least))) return i8x16.splat(0);

  const c1 = v128.load(at - 3 * s + 1), c2 = v128.load(at - 2 * s + 2), c3 = v128.load(at - s + 3);
  const c5 = v128.load(at + s + 3), c6 = v128.load(at + 2 * s + 2), c7 = v128.load(at + 3 * s + 1);
  const c9 = v128.load(at + 3 * s - 1), c10 = v128.load(at + 2 * s - 2), c11 = v128.load(at + s - 3);
  const c13 = v128.load(at - s - 3), c14 = v128.load(at - 2 * s - 2), c15 = v128.load(at - 3 * s - 1);

  const bright = bestArc(
    i8x16.sub_sat_u(c0, p), i8x16.sub_sat_u(c1, p), i8x16.sub_sat_u(c2, p), i8x16.sub_sat_u(c3, p),
    i8x16.sub_sat_u(c4, p), i8x16.sub_sat_u(c5, p), i8x16.sub_sat_u(c6, p), i8x16.sub_sat_u(c7, p),
    i8x16.sub_sat_u(c8, p), i8x16.sub_sat_u(c9, p), i8x16.sub_sat_u(c10, p), i8x16.sub_sat_u(c11, p),
    i8x16.sub_sat_u(c12, p), i8x16.sub_sat_u(c13, p), i8x16.sub_sat_u(c14, p), i8x16.sub_sat_u(c15, p),
  );
  const dark = bestArc(
    i8x16.sub_sat_u(p, c0), i8x16.sub_sat_u(p, c1), i8x16.sub_sat_u(p, c2), i8x16.sub_sat_u(p, c3),
    i8x16.sub_sat_u(p, c4), i8x16.sub_sat_u(p, c5), i8x16.sub_sat_u(p, c6), i8x16.sub_sat_u(p, c7),
    i8x16.sub_sat_u(p, c8), i8x16.sub_sat_u(p, c9), i8x16.sub_sat_u(p, c10), i8x16.sub_sat_u(p, c11),
    i8x16.sub_sat_u(p, c12), i8x16.sub_sat_u(p, c13), i8x16.sub_sat_u(p, c14), i8x16.sub_sat_u(p, c15),
  );
  const score = i8x16.max_u(bright, dark);
  return v128.and(score, i8x16.ge_u(score, least));
}

/**
 * Largest, over the sixteen arcs of nine, of the arc's smallest entry. Arcs k … k+8 and k+1 … k+9 share the eight
 * entries from k+1, so the minima of eight are built for odd starts only: from pairs, then fours.
 */
function bestArc(
  d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, d6: v128, d7: v128,
  d8: v128, d9: v128, d10: v128, d11: v128, d12: v128, d13: v128, d14: v128, d15: v128,
): v128 {
  const p1 = i8x16.min_u(d1, d2), p3 = i8x16.min_u(d3, d4), p5 = i8x16.min_u(d5, d6), p7 = i8x16.min_u(d7, d8);
  const p9 = i8x16.min_u(d9, d10), p11 = i8x16.min_u(d11, d12), p13 = i8x16.min_u(d13, d14), p15 = i8x16.min_u(d15, d0);
  const f1 = i8x16.min_u(p1, p3), f3 = i8x16.min_u(p3, p5), f5 = i8x16.min_u(p5, p7), f7 = i8x16.min_u(p7, p9);
  const f9 = i8x16.min_u(p9, p11), f11 = i8x16.min_u(p11, p13), f13 = i8x16.min_u(p13, p15), f15 = i8x16.min_u(p15, p1);
  // Of two arcs with the same eight, the better one adds the larger of its two ends.
  const a1 = i8x16.min_u(i8x16.min_u(f1, f5), i8x16.max_u(d0, d9));
  const a3 = i8x16.min_u(i8x16.min_u(f3, f7), i8x16.max_u(d2, d11));
  const a5 = i8x16.min_u(i8x16.min_u(f5, f9), i8x16.max_u(d4, d13));
  const a7 = i8x16.min_u(i8x16.min_u(f7, f11), i8x16.max_u(d6, d15));
  const a9 = i8x16.min_u(i8x16.min_u(f9, f13), i8x16.max_u(d8, d1));
  const a11 = i8x16.min_u(i8x16.min_u(f11, f15), i8x16.max_u(d10, d3));
  const a13 = i8x16.min_u(i8x16.min_u(f13, f1), i8x16.max_u(d12, d5));
  const a15 = i8x16.min_u(i8x16.min_u(f15, f3), i8x16.max_u(d14, d7));
  return i8x16.max_u(
    i8x16.max_u(i8x16.max_u(a1, a3), i8x16.max_u(a5, a7)),
    i8x16.max_u(i8x16.max_u(a9, a11), i8x16.max_u(a13, a15)),
  );
}

/** Whether the pixel's score beats its neighbours; of equal scores the first in raster order wins. */
// @ts-ignore: decorator
@inline
export function isPeak(at: usize, stride: i32): bool {
  const s = <usize>stride;
  const score = load<u8>(at);
  return score > load<u8>(at - s - 1) && score > load<u8>(at - s) && score > load<u8>(at - s + 1) && score > load<u8>(at - 1) &&
    score >= load<u8>(at + 1) && score >= load<u8>(at + s - 1) && score >= load<u8>(at + s) && score >= load<u8>(at + s + 1);
}
