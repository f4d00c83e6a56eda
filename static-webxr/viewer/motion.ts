import type { DeviceTurn } from '@portico/tracker';

/** How the phone is turned, frame by frame: carries content while its picture is out of view for a moment. */
export interface Motion {
  /**
   * Begins to listen. iPhones ask people first: call it in the tap that starts the camera; it asks once a visit.
   * Refused, or without sensors, there is nothing to carry content with and everything else works.
   */
  start(): void;
  /** The last reading before a time on the page's clock; undefined when there is none. Reused: copy what must live longer. */
  at(timestampMs: number): DeviceTurn | undefined;
  dispose(): void;
}

/** Camera frames arrive some tenths of a second after their time, sensors tell 60 times a second. */
const KEPT = 32;

export function createMotion(): Motion {
  const readings: DeviceTurn[] = Array.from({ length: KEPT }, () => ({ alphaDeg: 0, betaDeg: 0, gammaDeg: 0, screenAngleDeg: 0, timestampMs: -Infinity }));
  let next = 0;
  let asked = false;
  let disposed = false;

  function onTurn({ alpha, beta, gamma, timeStamp }: DeviceOrientationEvent): void {
    // Without sensors browsers send one event without angles.
    if (alpha === null || beta === null || gamma === null) return;
    const reading = readings[next]!;
    reading.alphaDeg = alpha;
    reading.betaDeg = beta;
    reading.gammaDeg = gamma;
    reading.screenAngleDeg = screen.orientation?.angle ?? (window as { orientation?: number }).orientation ?? 0;
    reading.timestampMs = timeStamp;
    next = (next + 1) % KEPT;
  }

  function listen(): void {
    if (!disposed) addEventListener('deviceorientation', onTurn);
  }

  return {
    start() {
      if (asked) return;
      asked = true;
      const sensors = window.DeviceOrientationEvent as { requestPermission?(): Promise<PermissionState> } | undefined;
      if (sensors?.requestPermission === undefined) listen();
      else sensors.requestPermission().then((answer) => answer === 'granted' && listen(), () => undefined);
    },
    at(timestampMs) {
      // From the newest back to the first that is older than the frame.
      for (let i = 1; i <= KEPT; i++) {
        const reading = readings[(next - i + KEPT) % KEPT]!;
        if (reading.timestampMs <= timestampMs) return reading.timestampMs < 0 ? undefined : reading;
      }
      return readings[next];
    },
    dispose() {
      disposed = true;
      removeEventListener('deviceorientation', onTurn);
    },
  };
}
