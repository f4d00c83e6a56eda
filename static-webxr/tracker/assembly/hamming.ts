/**
 * Hamming distances from one 256-bit descriptor to many. The many stand in blocks of sixteen, byte k of all sixteen
 * side by side, so that sixteen distances grow in one register without any sum across lanes.
 */
export const BLOCK_BYTES = 512;

/** Puts a 32-byte descriptor into its place among the blocks. */
export function storeInBlocks(descriptor: usize, blocks: usize, index: i32): void {
  const to = blocks + <usize>(index >> 4) * BLOCK_BYTES + <usize>(index & 15);
  for (let k: usize = 0; k < 32; k++) store<u8>(to + (k << 4), load<u8>(descriptor + k));
}

/**
 * Writes the distance to each of `blockCount` · 16 descriptors as a byte (256 becomes 255).
 * @returns the smallest of them
 */
export function hammingToAll(descriptor: usize, blocks: usize, blockCount: i32, distances: usize): i32 {
  let least = i8x16.splat(-1);
  for (let b = 0; b < blockCount; b++) {
    const block = blocks + <usize>b * BLOCK_BYTES;
    let sum = i8x16.splat(0);
    for (let k: usize = 0; k < 32; k += 4) {
      const at = block + (k << 4);
      // Four counts of at most 8 can't overflow a byte; the total can, by one.
      const four = i8x16.add(
        i8x16.add(
          i8x16.popcnt(v128.xor(v128.load(at), v128.load8_splat(descriptor + k))),
          i8x16.popcnt(v128.xor(v128.load(at, 16), v128.load8_splat(descriptor + k, 1))),
        ),
        i8x16.add(
          i8x16.popcnt(v128.xor(v128.load(at, 32), v128.load8_splat(descriptor + k, 2))),
          i8x16.popcnt(v128.xor(v128.load(at, 48), v128.load8_splat(descriptor + k, 3))),
        ),
      );
      sum = i8x16.add_sat_u(sum, four);
    }
    v128.store(distances + (<usize>b << 4), sum);
    least = i8x16.min_u(least, sum);
  }
  return smallestLane(least);
}

function smallestLane(v: v128): i32 {
  v = i8x16.min_u(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  v = i8x16.min_u(v, i8x16.shuffle(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  v = i8x16.min_u(v, i8x16.shuffle(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  v = i8x16.min_u(v, i8x16.shuffle(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
  return i8x16.extract_lane_u(v, 0);
}
