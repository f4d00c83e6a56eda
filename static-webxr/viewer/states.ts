import type { Reason } from './reasons.ts';

/** Where a visit stands. Each state is one screen. */
export type State =
  /** The manifest is on its way. */
  | { name: 'loading' }
  /** Says what this is and why it wants the camera. */
  | { name: 'welcome' }
  /** Waiting for permission and the camera's first frame. */
  | { name: 'starting' }
  /** Camera on, no picture in view: coaches. */
  | { name: 'searching' }
  /** A picture is in view, content plays on it. */
  | { name: 'playing' }
  /** The camera was taken away, by a call or another app: it is asked for again and again. */
  | { name: 'interrupted' }
  /** The page is hidden and the camera released; it starts again when the page is seen. */
  | { name: 'resting' }
  /** The video without a camera: by choice, or for a reason. */
  | { name: 'player'; reason?: Reason }
  /** Nothing can be shown. */
  | { name: 'stopped'; reason: Reason };

export type StateEvent =
  | { type: 'manifest-ready' }
  | { type: 'manifest-failed'; reason: Reason }
  | { type: 'start' }
  | { type: 'just-play' }
  | { type: 'camera-ready' }
  /** Camera, tracker or video can't go on: the plain player stands in. */
  | { type: 'fall-back'; reason: Reason }
  | { type: 'camera-restarts' }
  /** The camera gives no pictures for now. */
  | { type: 'camera-gone' }
  | { type: 'found' }
  | { type: 'lost' }
  | { type: 'hidden' }
  | { type: 'seen' };

/** The state after an event. An event that means nothing in a state leaves it as it is: the same object. */
export function next(state: State, event: StateEvent): State {
  switch (state.name) {
    case 'loading':
      if (event.type === 'manifest-ready') return { name: 'welcome' };
      if (event.type === 'manifest-failed') return { name: 'stopped', reason: event.reason };
      return state;
    case 'welcome':
    case 'player':
      if (event.type === 'start') return { name: 'starting' };
      if (event.type === 'just-play' && state.name === 'welcome') return { name: 'player' };
      if (event.type === 'fall-back' && state.name === 'player' && state.reason !== event.reason) {
        return { name: 'player', reason: event.reason };
      }
      return state;
    case 'starting':
    case 'searching':
    case 'playing':
    case 'interrupted':
      switch (event.type) {
        case 'camera-ready':
          return state.name === 'starting' || state.name === 'interrupted' ? { name: 'searching' } : state;
        case 'camera-restarts':
          return { name: 'starting' };
        case 'start':
          return state.name === 'interrupted' ? { name: 'starting' } : state;
        case 'camera-gone':
          return state.name === 'interrupted' ? state : { name: 'interrupted' };
        case 'fall-back':
          return { name: 'player', reason: event.reason };
        case 'just-play':
          return { name: 'player' };
        case 'hidden':
          // The permission prompt itself hides the page in some browsers: a start is left to finish.
          return state.name === 'starting' ? state : { name: 'resting' };
        case 'found':
          return state.name === 'searching' ? { name: 'playing' } : state;
        case 'lost':
          return state.name === 'playing' ? { name: 'searching' } : state;
        default:
          return state;
      }
    case 'resting':
      return event.type === 'seen' ? { name: 'starting' } : state;
    case 'stopped':
      return state;
  }
}
