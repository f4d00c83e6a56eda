import type { LumaImage, Photograph } from './photographs.ts';

/** Cuts photographs into `columns` × `rows` pictures each, none of which shows any of another. */
export function cutPhotographs(photographs: readonly Photograph[], columns: number, rows: number): Photograph[] {
  return photographs.flatMap((photograph) =>
    Array.from({ length: columns * rows }, (_, i) => {
      const column = i % columns, row = Math.floor(i / columns);
      const cut = (image: LumaImage): LumaImage => crop(image, column / columns, row / rows, 1 / columns, 1 / rows);
      // A piece is fewer pixels: the smallest copies of it would be none at all.
      const pyramid = photograph.pyramid.filter(({ width, height }) => Math.min(width / columns, height / rows) >= 16).map(cut);
      return { name: `${photograph.name} ${column},${row}`, markerImage: cut(photograph.markerImage), pyramid };
    }),
  );
}

function crop(image: LumaImage, left: number, top: number, across: number, down: number): LumaImage {
  const x = Math.round(left * image.width), y = Math.round(top * image.height);
  const width = Math.floor(across * image.width), height = Math.floor(down * image.height);
  const pixels = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (y + row) * image.width + x;
    pixels.set(image.pixels.subarray(from, from + width), row * width);
  }
  return { width, height, pixels };
}
