import { compileMarkers } from './compile-markers.ts';
import { loadPhotograph, PHOTOGRAPHS_FOLDER, type Photograph } from './photographs.ts';

/** One picture to look for, on a wall that is another. */
export interface OnePicture {
  photograph: Photograph;
  wall: Photograph;
  marker: ArrayBuffer;
  /** Height by width. */
  aspect: number;
}

export async function loadOnePicture(): Promise<OnePicture> {
  const photograph = await loadPhotograph(`${PHOTOGRAPHS_FOLDER}/YellowFlower.jpg`);
  const wall = await loadPhotograph(`${PHOTOGRAPHS_FOLDER}/Dune.jpg`);
  const marker = (await compileMarkers([photograph.markerImage]))[0]!.file;
  return { photograph, wall, marker, aspect: photograph.markerImage.height / photograph.markerImage.width };
}
