/** What a camera's lens and light can do besides filming, as tracks tell it where the browser knows. */
interface LensCapabilities {
  focusMode?: string[];
  zoom?: { min: number; max: number };
  torch?: boolean;
}

/** The lens and the light of one open camera. */
export interface Lens {
  /** Whether it has a light that can be switched. */
  hasLight(): boolean;
  /** Whether the browser tells what the camera can do at all. */
  readonly known: boolean;
  /**
   * Focuses all the time, shows the main lens's own view (composite cameras zoom out to the ultra-wide), and
   * switches the light. @returns whether the camera did as asked.
   */
  set(light: boolean): Promise<boolean>;
}

export function createLens(track: MediaStreamTrack): Lens {
  // Asked every time: Android's Chrome answers in full only a while after the camera's first frame.
  const capabilities = () => (track.getCapabilities?.() ?? {}) as LensCapabilities;
  return {
    hasLight: () => capabilities().torch === true,
    known: typeof track.getCapabilities === 'function',
    async set(light) {
      const { focusMode, zoom, torch } = capabilities();
      // Every call replaces what an earlier one asked for, so all of it is asked for each time; and by itself, as
      // Chromium refuses to mix it with sizes and rates.
      const wanted: Record<string, unknown> = {};
      if (focusMode?.includes('continuous')) wanted.focusMode = 'continuous';
      if (zoom && zoom.min < 1 && zoom.max >= 1) wanted.zoom = 1;
      if (torch) wanted.torch = light;
      if (Object.keys(wanted).length === 0) return !light;
      try {
        await track.applyConstraints({ advanced: [wanted] });
        return !light || torch === true;
      } catch {
        return false;
      }
    },
  };
}
