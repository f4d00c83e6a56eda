/** Keeps the screen awake while people look through the camera and touch nothing. */
export interface WakeLock {
  hold(): void;
  release(): void;
}

/** Where the browser has no wake lock, or refuses one to save its battery, the screen dims as it always does. */
export function createWakeLock(): WakeLock {
  let wanted = false;
  let lock: WakeLockSentinel | undefined;

  async function acquire(): Promise<void> {
    try {
      const got = await navigator.wakeLock?.request('screen');
      if (wanted && lock === undefined) lock = got;
      else await got?.release();
    } catch {
      // Refused: nothing depends on it.
    }
  }

  return {
    hold() {
      if (wanted) return;
      wanted = true;
      void acquire();
    },
    release() {
      wanted = false;
      lock?.release().catch(() => undefined);
      lock = undefined;
    },
  };
}
