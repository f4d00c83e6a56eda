import { useEffect, useMemo, useRef } from 'react';
import type { MarkerHeatMap } from '../../shared/api.ts';

/** Over a cold cell the picture goes dark; over a warm one it stays, tinted. Red, green, blue, opacity 0–1. */
const cold = [10, 13, 22, 0.8] as const;
const warm = [255, 136, 60, 0.34] as const;
/** Canvas pixels a cell: enough for the browser's smoothing to have no steps. */
const cellPx = 40;

/** Where on a picture phones find something to hold on to, laid over it: it fits any box that the picture fits. */
export function HeatMapLayer(props: { heatMap: MarkerHeatMap; widthPx: number; heightPx: number }) {
  const { heatMap, widthPx, heightPx } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const cells = useMemo(() => cellsOf(heatMap), [heatMap]);
  const width = heatMap.columns * cellPx;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const small = new OffscreenCanvas(heatMap.columns, heatMap.rows);
    small.getContext('2d')!.putImageData(tint(cells, heatMap), 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(small, 0, 0, context.canvas.width, context.canvas.height);
  }, [cells, heatMap]);
  return <canvas ref={canvas} className="heat-map" width={width} height={Math.round((width * heightPx) / widthPx)} role="img" aria-label={inWords(cells)} />;
}

/** The map as a sentence. */
export function heatMapInWords(heatMap: MarkerHeatMap): string {
  return inWords(cellsOf(heatMap));
}

function cellsOf(heatMap: MarkerHeatMap): Uint8Array {
  return Uint8Array.from(atob(heatMap.cells), (letter) => letter.charCodeAt(0));
}

function inWords(cells: Uint8Array): string {
  const holding = cells.filter((cell) => cell >= 96).length / cells.length;
  if (holding === 0) return 'Nowhere on the picture do phones find much to hold on to.';
  if (holding > 0.95) return 'Phones can hold on to the picture everywhere.';
  return `Phones can hold on to about ${Math.max(1, Math.round(20 * holding)) * 5} % of the picture.`;
}

function tint(cells: Uint8Array, { columns, rows }: MarkerHeatMap): ImageData {
  const image = new ImageData(columns, rows);
  cells.slice(0, columns * rows).forEach((cell, i) => {
    const warmth = cell / 255;
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = cold[k]! + (warm[k]! - cold[k]!) * warmth;
    image.data[4 * i + 3] = 255 * (cold[3] + (warm[3] - cold[3]) * warmth);
  });
  return image;
}
