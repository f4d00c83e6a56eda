/**
 * A frame's number, painted into the frame: twelve cells in a row, black or white, eight bits of number and four
 * of check, on a white strip. Whoever sees the strip knows exactly which frame it is looking at.
 */
export interface BarcodePlace {
  x: number;
  y: number;
  cellPx: number;
}

const CELLS = 12;

/** Below the top edge, in the middle: seen on any screen the frame covers. */
export function barcodePlace(frame: { widthPx: number; heightPx: number }): BarcodePlace {
  const cellPx = Math.round(Math.min(frame.widthPx, frame.heightPx) / 36);
  return { x: Math.round((frame.widthPx - CELLS * cellPx) / 2), y: Math.round(frame.heightPx * 0.12), cellPx };
}

function cells(number: number): boolean[] {
  const word = (number << 4) | (((number >> 4) ^ number ^ 5) & 15);
  return Array.from({ length: CELLS }, (_, i) => ((word >> (CELLS - 1 - i)) & 1) === 1);
}

/** Paints into RGB pixels. */
export function paintBarcode(rgb: Uint8Array, frame: { widthPx: number; heightPx: number }, number: number): void {
  const { x, y, cellPx } = barcodePlace(frame);
  const bits = cells(number);
  const rim = Math.round(cellPx / 2);
  for (let row = y - rim; row < y + cellPx + rim; row++) {
    for (let column = x - rim; column < x + CELLS * cellPx + rim; column++) {
      const cell = Math.floor((column - x) / cellPx);
      const white = row < y || row >= y + cellPx || cell < 0 || cell >= CELLS || bits[cell];
      rgb.fill(white ? 245 : 10, (row * frame.widthPx + column) * 3, (row * frame.widthPx + column) * 3 + 3);
    }
  }
}

/** @param brightness 0–255 at a frame pixel. @returns undefined when what is there isn't a whole barcode. */
export function readBarcode(frame: { widthPx: number; heightPx: number }, brightness: (x: number, y: number) => number): number | undefined {
  const { x, y, cellPx } = barcodePlace(frame);
  let word = 0;
  for (let cell = 0; cell < CELLS; cell++) {
    word = (word << 1) | (brightness(x + (cell + 0.5) * cellPx, y + 0.5 * cellPx) > 128 ? 1 : 0);
  }
  const number = word >> 4;
  return (word & 15) === (((number >> 4) ^ number ^ 5) & 15) ? number : undefined;
}
