import type { Reason } from './reasons.ts';

/** A camera as `enumerateDevices` tells it once permission is given. */
export interface CameraDevice {
  deviceId: string;
  label: string;
}

const BACK = /back|rear|environment|rück|hinter|trasera|arrière|posteriore|traseira|achter|背面|后置|後/i;
const FRONT = /front|user|face|vorder|selfie|frontal|avant|前/i;
/** Lenses that see too much, too little or no colours; composite cameras change lens while one looks through them. */
const SPECIAL = /ultra|wide|tele|macro|depth|infrared|\bir\b|dual|triple|weitwinkel|angular|grandangle|supergran|duale?|zweifach|dreifach/i;

/** The cameras that a "switch camera" button should go through: the back ones, or all when none says it is. */
export function switchable(devices: readonly CameraDevice[]): CameraDevice[] {
  const back = devices.filter((device) => BACK.test(device.label));
  const ordered = back.length > 0 ? back : [...devices];
  return ordered.sort((a, b) => Number(SPECIAL.test(a.label)) - Number(SPECIAL.test(b.label)) || number(a) - number(b));
}

/**
 * The camera to change to after the browser has opened one, or undefined when that one will do. Browsers
 * asked for "environment" sometimes open an ultra-wide or a composite camera; the main one is the back camera
 * with the plainest name or, on Android ("camera2 0, facing back"), the lowest number.
 */
export function betterThan(openedLabel: string, devices: readonly CameraDevice[]): CameraDevice | undefined {
  if (!SPECIAL.test(openedLabel) && !FRONT.test(openedLabel)) return undefined;
  return devices.filter((d) => BACK.test(d.label) && !SPECIAL.test(d.label)).sort((a, b) => number(a) - number(b))[0];
}

function number(device: CameraDevice): number {
  return Number(/camera2?\s+(\d+)/i.exec(device.label)?.[1] ?? 0);
}

/** The reason people see for what `getUserMedia` threw. */
export function cameraReason(error: unknown): Reason {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'camera-denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'no-camera';
    case 'NotReadableError':
    case 'AbortError':
      return 'camera-busy';
    default:
      return 'camera-failed';
  }
}
