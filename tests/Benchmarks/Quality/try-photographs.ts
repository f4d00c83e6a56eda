import { compileMarkers } from '../../web/tracking/compile-markers.ts';
import { loadPhotograph, type Photograph } from '../../web/tracking/photographs.ts';
import { countDetections } from './degraded-views.ts';
import type { PhotographFile } from './find-photographs.ts';
import { WALLS } from './photograph-list.ts';
import { picturesOf, type Picture } from './pictures.ts';

/** A picture, its forecast, and what came of it. */
export interface Row extends Omit<Picture, 'png'> {
  score: number;
  signals: Record<string, number>;
  /** Views it was found in, by degradation. */
  found: number[];
}

/** What a process is asked to try. */
export interface Batch {
  photographs: PhotographFile[];
  crops: number;
  /** Detections that are known already, by picture. */
  known: Record<string, number[]>;
}

/** Compiles the pictures of some photographs and looks for each in the degraded views. */
async function tryPhotographs({ photographs, crops, known }: Batch, walls: readonly Photograph[]): Promise<Row[]> {
  const pictures = (await Promise.all(photographs.map((photograph) => picturesOf(photograph, crops)))).flat();
  const loaded = await Promise.all(pictures.map((picture) => loadPhotograph(picture.png, picture.name)));
  const markers = await compileMarkers(loaded.map((photograph) => photograph.markerImage));
  const rows: Row[] = [];
  for (const [i, { png: _, ...picture }] of pictures.entries()) {
    const marker = markers[i]!;
    rows.push({ ...picture, score: marker.quality, signals: marker.signals, found: known[picture.name] ?? (await countDetections(loaded[i]!, marker.file, walls)) });
  }
  return rows;
}

// A process of its own: one a core.
const walls = Promise.all(WALLS.map((file) => loadPhotograph(file)));
process.on('message', (batch: Batch) => {
  void walls.then((shown) => tryPhotographs(batch, shown)).then((rows) => process.send!(rows));
});
process.on('disconnect', () => process.exit());
