import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compileMarkers } from '../../web/tracking/compile-markers.ts';
import type { LumaImage, Photograph } from '../../web/tracking/photographs.ts';
import type { Arena } from './arena.ts';
import type { Scene } from './scenes.ts';
import { sightingsOfMindar, sightingsOfOurs, type Sighting } from './sightings.ts';

/** A picture that both trackers know: paths of its files in the arena. */
export interface Entry {
  photograph: Photograph;
  /** What is shown around it. */
  wall: Photograph;
  marker: string;
  /** Absent when MindAR doesn't take part. */
  mind?: string;
}

/** One scene as each tracker saw it. */
export interface Heat {
  ours: Sighting[];
  /** What MindAR's engine found, and what its page would show of it. */
  mindar?: { found: Sighting[]; shown: Sighting[] };
}

const FRAMES = '/frames';

/** Compiles pictures with both compilers. MindAR's files take seconds each and are kept in `cacheFolder` by picture. */
export async function enter(arena: Arena, pictures: readonly Pick<Entry, 'photograph' | 'wall'>[], name: string, cacheFolder: string | undefined): Promise<Entry[]> {
  const markers = await compileMarkers(pictures.map(({ photograph }) => photograph.markerImage));
  const entries: Entry[] = [];
  for (const [i, picture] of pictures.entries()) {
    const marker = `/${name}/${i}.portico`;
    arena.files.set(marker, new Uint8Array(markers[i]!.file));
    const mind = `/${name}/${i}.mind`;
    if (cacheFolder !== undefined) arena.files.set(mind, await compileMindOnce(arena, picture.photograph.markerImage, cacheFolder));
    entries.push({ ...picture, marker, ...(cacheFolder !== undefined && { mind }) });
  }
  return entries;
}

async function compileMindOnce(arena: Arena, { width, height, pixels }: LumaImage, folder: string): Promise<Uint8Array> {
  const file = path.join(folder, `${createHash('sha1').update(`${width} `).update(pixels).digest('hex')}.mind`);
  const known = await readFile(file).catch(() => undefined);
  if (known !== undefined) return known;
  arena.files.set('/picture', pixels);
  await arena.compileMind('/picture', width, height, '/compiled.mind');
  const mind = arena.files.get('/compiled.mind')!;
  await mkdir(folder, { recursive: true });
  await writeFile(file, mind);
  return mind;
}

/** Gives both trackers the same frames, one tracker after the other. */
export async function compete(arena: Arena, entry: Entry, scene: Scene): Promise<Heat> {
  arena.files.set(FRAMES, scene.luma);
  const ours = sightingsOfOurs(await arena.runOurs({ frames: FRAMES, markers: [entry.marker], focalPx: scene.toldFocalPx }), scene.truth);
  if (entry.mind === undefined) return { ours };
  const frames = await arena.runMindar({ frames: FRAMES, targets: [entry.mind] });
  const { width, height } = entry.photograph.markerImage;
  return {
    ours,
    mindar: {
      found: sightingsOfMindar(frames, scene.truth, width, height, 'found'),
      shown: sightingsOfMindar(frames, scene.truth, width, height, 'shown'),
    },
  };
}

/** Frames in which a target is reported though none of those looked for is there. */
export interface FalseAlarms {
  frames: number;
  targets: number;
  found: number;
}

/** @param luma frames without any of the entries' pictures */
export async function lookInVain(arena: Arena, entries: readonly Entry[], luma: Uint8Array, who: 'ours' | 'mindar'): Promise<FalseAlarms> {
  arena.files.set(FRAMES, luma);
  const found =
    who === 'ours'
      ? (await arena.runOurs({ frames: FRAMES, markers: entries.map(({ marker }) => marker) })).map(({ seen }) => seen.length)
      : (await arena.runMindar({ frames: FRAMES, targets: entries.map(({ mind }) => mind!) })).map((frame) => frame.found.length);
  return { frames: found.length, targets: entries.length, found: found.filter((count) => count > 0).length };
}
