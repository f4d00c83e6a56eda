import type { FrameResult } from '@portico/tracker';
import type { TrackEvent, TrackEventType } from '../shared/api.ts';
import type { ManifestTarget } from '../shared/manifest.ts';
import { createAttention } from './attention.ts';
import { createContent, createVideoElement, loadPoster, type Content } from './content.ts';
import { contentQuad, cropScale, poseToClip, type ContentQuad, type Scale, type TrackedCrop } from './fit.ts';
import { createPresence, type Presence } from './presence.ts';
import type { DockState, Wish } from './screens.ts';
import type { Stage } from './stage.ts';

export interface TargetsOptions {
  targets: readonly ManifestTarget[];
  stage: Stage;
  host: HTMLElement;
  onChange(): void;
  /** The link's only video doesn't play. */
  onFailed(): void;
  record(type: TrackEventType, about: Pick<TrackEvent, 'targetId' | 'value' | 'reason'>): void;
}

/** The pictures of a link, and what plays on each. */
export interface Targets {
  /** Loads ahead what will be shown first. Call in the tap that starts the camera: sound needs one. */
  prepare(): void;
  /** Takes in where the pictures are in one frame: starts, pauses and fades what plays on them. */
  follow(result: FrameResult, nowMs: number): void;
  /** The frames changed their shape: no pose holds in them, until the next one is found. */
  blink(): void;
  /** Draws content on the pictures, over the camera's. @returns whether any stands on one that is in view. */
  draw(projection: Float32Array, crop: TrackedCrop): boolean;
  anyPresent(): boolean;
  /** The camera goes: pauses everything. */
  leave(): void;
  command(wish: Wish): void;
  dock(): DockState;
  /** The one whose content people attend to: in view and nearest to the middle, else the last that was. */
  active(): ManifestTarget;
  /** Playback position of its content. */
  seconds(): number;
  watchedSeconds(): number;
  dispose(): void;
}

interface Entry {
  target: ManifestTarget;
  presence: Presence;
  quad: ContentQuad;
  /** Only while it has one of the few video elements. */
  content: Content | undefined;
  /** Where its content goes on when it gets an element again. */
  leftAtSeconds: number;
  foundMs: number;
}

/** Video elements for all pictures of a link: phones decode few at once, and unlocking one for sound takes a tap. */
const MOST_CONTENTS = 4;
/** Of links with more pictures, posters are loaded when their picture is found. */
const MOST_LOADED_AHEAD = 8;

export function createTargets({ targets, stage, host, onChange, onFailed, record }: TargetsOptions): Targets {
  const clip = new Float32Array(16);
  const scale: Scale = { x: 1, y: 1 };
  /** Paused by its button: being found again doesn't start anything. */
  let pausedByHand = false;
  /** Muted by its button, whichever picture is found next. */
  let soundOff = false;
  let cameraSinceMs = 0;
  let watchedBefore = 0;
  const completed = new Set<string>();
  const started = new Set<string>();
  const attention = createAttention(targets.length);
  const freeElements = Array.from({ length: Math.min(targets.length, MOST_CONTENTS) }, () => createVideoElement(host));

  const entries: Entry[] = targets.map((target) => ({
    target,
    presence: createPresence(),
    quad: contentQuad(target.picture, target.content),
    content: undefined,
    leftAtSeconds: 0,
    foundMs: -1,
  }));
  let active = entries[0]!;

  /** Its content, or undefined while others hold all the elements: nobody in view loses one, but to the active. */
  function contentOf(entry: Entry): Content | undefined {
    if (entry.content !== undefined) return entry.content;
    if (freeElements.length === 0) {
      let oldest: Entry | undefined;
      for (const other of entries) {
        if (other.content === undefined || other === active || (other.presence.seen && entry !== active)) continue;
        if (oldest === undefined || other.foundMs < oldest.foundMs) oldest = other;
      }
      if (oldest === undefined) return undefined;
      release(oldest);
    }
    return (entry.content = contentFor(entry, freeElements.pop()!));
  }

  function contentFor(entry: Entry, element: HTMLVideoElement): Content {
    const { id, content: video } = entry.target;
    return createContent({
      video,
      element,
      startSeconds: entry.leftAtSeconds,
      muted: entry !== active || soundOff,
      stage,
      on: {
        started: () => {
          if (!started.has(id)) record('video_started', { targetId: id });
          started.add(id);
        },
        // Short clips go round and round: seen to the end is seen to the end.
        completed: () => {
          if (!completed.has(id)) record('video_completed', { targetId: id });
          completed.add(id);
        },
        changed: onChange,
        // The others still play; on this picture its poster stays.
        failed: () => (entries.length === 1 ? onFailed() : record('failed', { targetId: id, reason: 'video-failed' })),
      },
    });
  }

  function release(entry: Entry): void {
    const { content } = entry;
    if (content === undefined) return;
    entry.leftAtSeconds = content.ended ? 0 : content.seconds;
    watchedBefore += content.watchedSeconds;
    freeElements.push(content.dispose());
    entry.content = undefined;
  }

  function appearanceChanged(entry: Entry, nowMs: number): void {
    if (!entry.presence.present) {
      record('marker_lost', { targetId: entry.target.id });
    } else {
      entry.foundMs = nowMs;
      record('marker_detected', { targetId: entry.target.id, value: Math.round(nowMs - cameraSinceMs) });
    }
    onChange();
  }

  /** One sound at a time: that of the picture people look at. */
  function attendTo(entry: Entry): void {
    if (active === entry) return;
    active.content?.setMuted(true);
    active = entry;
    contentOf(entry)?.setMuted(soundOff);
    onChange();
  }

  // What runs for every frame counts with an index: iterators would be left behind.

  /** What was left for another picture pauses at once, what was only lost a little later. */
  function playWhatIsSeen(): void {
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      const { presence } = entry;
      if (!presence.present || (entry !== active && !presence.seen)) entry.content?.pause();
      else if (pausedByHand) contentOf(entry)?.prepare();
      else contentOf(entry)?.play();
    }
  }

  return {
    prepare() {
      cameraSinceMs = performance.now();
      for (const element of freeElements) element.load();
      if (entries.length === 1) contentOf(active)?.prepare();
      else if (entries.length <= MOST_LOADED_AHEAD) for (const { content } of targets) loadPoster(content);
    },
    follow(result, nowMs) {
      for (let i = 0; i < result.targets.length; i++) {
        const pose = result.targets[i]!;
        const entry = entries[pose.target];
        if (entry === undefined) continue;
        if (entry.presence.update(pose, nowMs)) appearanceChanged(entry, nowMs);
        attention.see(pose.target, entry.presence);
      }
      const at = attention.choose(nowMs);
      if (at >= 0) attendTo(entries[at]!);
      playWhatIsSeen();
    },
    blink() {
      for (const { presence } of entries) presence.opacity = 0;
    },
    draw(projection, crop) {
      cropScale(crop, stage.shown, stage.screen, scale);
      let drawn = false;
      for (let i = 0; i < entries.length; i++) {
        const { presence, content, quad } = entries[i]!;
        if (presence.opacity === 0 || content === undefined) continue;
        content.update();
        poseToClip(clip, projection, presence.matrix, scale);
        stage.drawContent(content.surface, quad, clip, presence.opacity);
        drawn ||= !content.surface.empty;
      }
      return drawn;
    },
    anyPresent: () => entries.some((entry) => entry.presence.present),
    leave() {
      for (const { presence, content } of entries) {
        presence.reset();
        content?.pause();
      }
    },
    command(wish) {
      const content = contentOf(active);
      switch (wish) {
        case 'pause':
          pausedByHand = content?.playing === true;
          if (!pausedByHand) {
            // The system may have paused it, too.
            content?.pause();
            content?.play();
          } else for (const entry of entries) entry.content?.pause();
          return;
        case 'replay':
          pausedByHand = false;
          return content?.replay();
        case 'unmute':
        case 'mute':
          soundOff = wish === 'mute' && content?.muted === false;
          return content?.setMuted(soundOff);
        default:
      }
    },
    dock() {
      const { content, target } = active;
      return {
        playing: content?.playing ?? false,
        ended: content?.ended ?? false,
        hasAudio: target.content.hasAudio,
        muted: content?.muted ?? soundOff,
        soundBlocked: content?.soundBlocked ?? false,
      };
    },
    active: () => active.target,
    seconds: () => active.content?.seconds ?? 0,
    watchedSeconds: () => entries.reduce((sum, entry) => sum + (entry.content?.watchedSeconds ?? 0), watchedBefore),
    dispose() {
      for (const entry of entries) release(entry);
      for (const element of freeElements.splice(0)) element.remove();
    },
  };
}
