import type { Reason } from './reasons.ts';

/** A camera as `enumerateDevices` tells it once permission is given. */
export interface CameraDevice {
  deviceId: string;
  label: string;
  /** Which way it faces, where the browser tells without opening it. */
  facing?: 'back' | 'front' | undefined;
}

const BACK = /back|rear|environment|rück|hinter|trasera|arrière|posteriore|traseira|achter|背面|后置|後/i;
const FRONT = /front|user|face|vorder|selfie|frontal|avant|前/i;
/** Lenses that see too much, too little or no colours; composite cameras change lens while one looks through them. */
const SPECIAL = /ultra|wide|tele|macro|depth|infrared|\bir\b|dual|triple|weitwinkel|angular|grandangle|supergran|duale?|zweifach|dreifach|double|doble|doppia|tripla|[広广廣]角|望遠|[长長]焦|デュアル|トリプル|[双雙三][镜鏡]/i;

/** What `enumerateDevices` gave, cameras only. */
export function cameraDevices(devices: readonly MediaDeviceInfo[]): CameraDevice[] {
  return devices
    .filter(({ kind }) => kind === 'videoinput')
    .map((device) => {
      // Chromium's: elsewhere only the name tells.
      const facing = (device as Partial<InputDeviceInfo>).getCapabilities?.().facingMode ?? [];
      const back = facing.includes('environment');
      return { deviceId: device.deviceId, label: device.label, facing: back ? 'back' : facing.includes('user') ? 'front' : undefined };
    });
}

/** The cameras that a "switch camera" button should go through: the back ones, or all when none says it is. */
export function switchable(devices: readonly CameraDevice[]): CameraDevice[] {
  const back = devices.filter(facesBack);
  const ordered = back.length > 0 ? back : [...devices];
  return ordered.sort((a, b) => Number(SPECIAL.test(a.label)) - Number(SPECIAL.test(b.label)) || (number(a) ?? 0) - (number(b) ?? 0));
}

/**
 * The camera to change to after the browser has opened one, or undefined when that one will do. Browsers asked
 * for "environment" sometimes open an ultra-wide, a composite or simply the last back camera; the main one is the
 * back camera with the plainest name or, on Android ("camera2 0, facing back"), the lowest number: Android lists
 * a phone's main camera before its other back cameras.
 */
export function betterThan(opened: CameraDevice, devices: readonly CameraDevice[]): CameraDevice | undefined {
  const best = switchable(devices.filter(plainBack))[0];
  if (best === undefined) return undefined;
  const later = plainBack(opened) && (number(opened) ?? 0) > (number(best) ?? 0);
  return SPECIAL.test(opened.label) || facesFront(opened) || later ? best : undefined;
}

/**
 * Other back cameras of which the names don't say whether the main one is among them. Worth trying when the opened
 * one has no light: phones mount it for the main camera.
 */
export function indistinct(opened: CameraDevice, devices: readonly CameraDevice[]): CameraDevice[] {
  if (!plainBack(opened) || number(opened) !== undefined) return [];
  return devices.filter((device) => device.deviceId !== opened.deviceId && plainBack(device) && number(device) === undefined);
}

/** Focal length as a share of what main cameras have, where the camera's name tells; ultra-wide ones have 13 mm of 26. */
export function focalShare(label: string): number | undefined {
  return /ultra|超広角|超[广廣]角/i.test(label) ? 0.5 : undefined;
}

function facesBack({ facing, label }: CameraDevice): boolean {
  return facing === 'back' || (facing === undefined && BACK.test(label));
}

function facesFront({ facing, label }: CameraDevice): boolean {
  return facing === 'front' || (facing === undefined && FRONT.test(label));
}

function plainBack(device: CameraDevice): boolean {
  return facesBack(device) && !SPECIAL.test(device.label);
}

function number(device: CameraDevice): number | undefined {
  const digits = /camera2?\s+(\d+)/i.exec(device.label)?.[1];
  return digits === undefined ? undefined : Number(digits);
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
