/** Tries again and again, with longer and longer pauses, until it is told to stop. */
export interface Recovery {
  /** Plans the next attempt. */
  next(): void;
  /** It worked, or nobody wants it any more. */
  stop(): void;
}

/** Short at first, as most interruptions are; never so long that somebody gives up before the next. */
const PAUSES_MS = [1000, 2000, 4000, 8000];
/** Trouble after this much peace begins with the shortest pause again. What comes back for a moment only doesn't. */
const PEACE_MS = 20_000;

export function createRecovery(attempt: () => void): Recovery {
  let attempts = 0;
  let plannedMs = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    next() {
      if (performance.now() - plannedMs > PEACE_MS) attempts = 0;
      plannedMs = performance.now();
      clearTimeout(timer);
      timer = setTimeout(attempt, PAUSES_MS[Math.min(attempts++, PAUSES_MS.length - 1)]);
    },
    stop: () => clearTimeout(timer),
  };
}
