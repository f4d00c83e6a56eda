/**
 * The module's memory: handed out once, in order, never freed. Everything a frame needs is laid out when the
 * tracker starts or a target is added, so tracking itself allocates nothing.
 */
let next: usize = (__heap_base + 15) & ~(<usize>15);

/** `bytes` zeroed bytes at an address that is a multiple of 16, with 16 bytes after them that SIMD loads may touch. */
export function allocate(bytes: usize): usize {
  const address = next;
  next = (next + bytes + 31) & ~(<usize>15);
  const missing = <i32>((next + 0xffff) >>> 16) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  return address;
}

/** Where the next allocation will start: a mark to go back to when a target turns out to be unusable. */
export function mark(): usize {
  return next;
}

/** Takes back everything allocated after `address`, and clears it. */
export function release(address: usize): void {
  memory.fill(address, 0, next - address);
  next = address;
}
