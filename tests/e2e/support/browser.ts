import { chromium, type Browser } from 'playwright-core';

export interface BrowserOptions {
  /** An MJPEG file that takes the camera's place, over and over. Without one there is no camera at all. */
  camera?: string;
  /** How many cameras there are instead, each with Chromium's own test pattern. */
  cameras?: number;
  /** How the permission prompt is answered. */
  permission?: 'granted' | 'denied';
  /** For pages that draw no WebGL: composited without a software GPU, which costs several times the processor time. */
  webGl?: boolean;
}

const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SOFTWARE_WEBGL = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

/** The system's Chromium, headless, drawing WebGL in software. */
export function launchBrowser({ camera, cameras = 0, permission = 'granted', webGl = true }: BrowserOptions = {}): Promise<Browser> {
  const cameraFlags = [];
  if (camera !== undefined) cameraFlags.push('--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`);
  else if (cameras > 0) cameraFlags.push(`--use-fake-device-for-media-stream=device-count=${cameras}`);
  const prompt = permission === 'denied' ? '--use-fake-ui-for-media-stream=deny' : '--use-fake-ui-for-media-stream';
  return chromium.launch({
    // Playwright would end this process before whoever listens to Ctrl-C has cleaned up. Chromium ends with its pipe.
    handleSIGINT: false,
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [...FLAGS, ...(webGl ? SOFTWARE_WEBGL : ['--disable-gpu']), ...cameraFlags, prompt],
  });
}
