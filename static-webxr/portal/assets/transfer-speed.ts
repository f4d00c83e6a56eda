/** Bytes per second over the last few seconds, from progress reports; null until there is enough to tell. */
export function createSpeedometer(windowMs = 4_000) {
  let samples: { atMs: number; bytes: number }[] = [];
  return (bytes: number, atMs: number): number | null => {
    samples = [...samples.filter((sample) => atMs - sample.atMs <= windowMs), { atMs, bytes }];
    const first = samples[0]!;
    const elapsedMs = atMs - first.atMs;
    return elapsedMs < 500 ? null : ((bytes - first.bytes) / elapsedMs) * 1000;
  };
}
