import type { FrameResult } from '@portico/tracker';
import type { TrackEvent, TrackEventType } from '../shared/api.ts';
import type { ManifestTarget } from '../shared/manifest.ts';
import { createContent, type Content } from './content.ts';
import { contentQuad, cropScale, poseToClip, type ContentQuad, type Scale, type TrackedCrop } from './fit.ts';
import { createPresence, type Presence } from './presence.ts';
import type { DockState, Wish } from './screens.ts';
import type { Stage } from './stage.ts';

export interface TargetsOptions {
  targets: readonly ManifestTarget[];
  stage: Stage;
  host: HTMLElement;
  onChange(): void;
  onFailed(): void;
  record(type: TrackEventType, about: Pick<TrackEvent, 'targetId' | 'value'>): void;
}

/** The pictures of a link, and what plays on each. */
export interface Targets {
  /** Loads ahead what will be shown first. */
  prepare(): void;
  /** Takes in where the pictures are in one frame: starts, pauses and fades what plays on them. */
  follow(result: FrameResult, nowMs: number): void;
  /** Draws content on the pictures, over the camera's. @returns whether any stands on one that is in view. */
  draw(projection: Float32Array, crop: TrackedCrop): boolean;
  anyPresent(): boolean;
  /** The camera goes: pauses everything. */
  leave(): void;
  command(wish: Wish): void;
  dock(): DockState;
  /** Playback position of what was found last. */
  seconds(): number;
  watchedSeconds(): number;
  dispose(): void;
}

interface Entry {
  id: string;
  presence: Presence;
  content: Content;
  quad: ContentQuad;
}

export function createTargets({ targets, stage, host, onChange, onFailed, record }: TargetsOptions): Targets {
  const clip = new Float32Array(16);
  const scale: Scale = { x: 1, y: 1 };
  /** Paused by its button: being found again doesn't start it. */
  let pausedByHand = false;
  /** Muted by its button, whichever picture is found next. */
  let soundOff = false;
  let cameraSinceMs = 0;
  const completed = new Set<string>();

  const entries: Entry[] = targets.map(({ id, picture, content: video }) => ({
    id,
    presence: createPresence(),
    quad: contentQuad(picture, video),
    content: createContent({
      video,
      stage,
      host,
      on: {
        started: () => record('video_started', { targetId: id }),
        // Short clips go round and round: seen to the end is seen to the end.
        completed: () => {
          if (!completed.has(id)) record('video_completed', { targetId: id });
          completed.add(id);
        },
        changed: onChange,
        failed: onFailed,
      },
    }),
  }));
  let active = entries[0]!;

  function appearanceChanged(entry: Entry, nowMs: number): void {
    if (!entry.presence.present) {
      entry.content.pause();
      record('marker_lost', { targetId: entry.id });
      return;
    }
    record('marker_detected', { targetId: entry.id, value: Math.round(nowMs - cameraSinceMs) });
    if (active !== entry) {
      // One sound at a time: that of the picture found last.
      active.content.setMuted(true);
      entry.content.setMuted(soundOff);
      active = entry;
    }
    if (!pausedByHand) entry.content.play();
    onChange();
  }

  return {
    prepare() {
      cameraSinceMs = performance.now();
      if (entries.length === 1) active.content.prepare();
    },
    follow(result, nowMs) {
      for (const pose of result.targets) {
        const entry = entries[pose.target];
        if (entry?.presence.update(pose, nowMs)) appearanceChanged(entry, nowMs);
      }
    },
    draw(projection, crop) {
      cropScale(crop, stage.shown, stage.screen, scale);
      let drawn = false;
      for (const { presence, content, quad } of entries) {
        if (presence.opacity === 0) continue;
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
        content.pause();
      }
    },
    command(wish) {
      const { content } = active;
      switch (wish) {
        case 'pause':
          pausedByHand = content.playing;
          return content.playing ? content.pause() : content.play();
        case 'replay':
          pausedByHand = false;
          return content.replay();
        case 'unmute':
          soundOff = false;
          return content.setMuted(false);
        case 'mute':
          soundOff = !content.muted;
          return content.setMuted(soundOff);
        default:
      }
    },
    dock() {
      const { playing, ended, hasAudio, muted, soundBlocked } = active.content;
      return { playing, ended, hasAudio, muted, soundBlocked };
    },
    seconds: () => active.content.seconds,
    watchedSeconds: () => entries.reduce((sum, entry) => sum + entry.content.watchedSeconds, 0),
    dispose() {
      for (const entry of entries) entry.content.dispose();
    },
  };
}
