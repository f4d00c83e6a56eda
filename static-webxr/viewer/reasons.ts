/** Why something can't go on, in the words people see. The keys are also the `reason` of `failed` events. */
export interface ReasonWords {
  title: string;
  text: string;
  /** What the button beside the words does; without it there is nothing a person could do here. */
  again?: 'camera' | 'reload' | 'copy-link';
}

export const REASONS = {
  'camera-denied': {
    title: 'The camera is switched off for this page',
    text: 'Allow the camera for this site in your browser’s settings, then try again. The picture it takes never leaves your device.',
    again: 'camera',
  },
  'no-camera': {
    title: 'No camera found',
    text: 'This device has no camera we can use. Open the link on a phone to see it on the picture.',
    again: 'camera',
  },
  'camera-busy': {
    title: 'The camera is in use',
    text: 'Another app or tab has the camera. Close it there, then try again.',
    again: 'camera',
  },
  'camera-failed': {
    title: 'The camera didn’t start',
    text: 'Something went wrong while starting it. Trying again often helps.',
    again: 'camera',
  },
  'in-app-browser': {
    title: 'This app can’t use the camera',
    text: 'You are in an app’s own browser. Copy the link and open it in Safari or Chrome to see it on the picture.',
    again: 'copy-link',
  },
  'insecure-page': {
    title: 'The camera needs a secure address',
    text: 'Browsers give the camera only to addresses that begin with https.',
  },
  'no-webgl': {
    title: 'This browser can’t draw in 3D',
    text: 'WebGL 2 is missing or switched off. An up-to-date browser has it.',
  },
  'no-simd': {
    title: 'This browser is too old to find pictures',
    text: 'Any Chrome, Safari or Firefox from the last few years can.',
  },
  'tracker-failed': {
    title: 'The picture finder stopped',
    text: 'Something went wrong while looking for the picture. Loading the page again often helps.',
    again: 'reload',
  },
  'marker-failed': {
    title: 'The picture couldn’t be loaded',
    text: 'What is needed to recognise it didn’t arrive. Check your connection and try again.',
    again: 'reload',
  },
  'video-failed': {
    title: 'The video couldn’t be played',
    text: 'It didn’t arrive, or this browser can’t play it. Check your connection and try again.',
    again: 'reload',
  },
  'manifest-missing': {
    title: 'This link doesn’t exist (any more)',
    text: 'Check the address, or ask whoever gave it to you for a new one.',
  },
  'manifest-version': {
    title: 'This page is out of date',
    text: 'The link was made with a newer version. Load the page again to get it.',
    again: 'reload',
  },
  'manifest-failed': {
    title: 'This didn’t load',
    text: 'The server gave an answer we can’t use. Try again in a moment.',
    again: 'reload',
  },
  offline: {
    title: 'You are offline',
    text: 'Connect to the internet, then try again.',
    again: 'reload',
  },
} as const satisfies Record<string, ReasonWords>;

export type Reason = keyof typeof REASONS;

export function wordsFor(reason: Reason): ReasonWords {
  return REASONS[reason];
}
