import { readdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

/**
 * Photographs of Debian's package mate-backgrounds (`apt-get install mate-backgrounds`; GPL-2+ and CC, see
 * /usr/share/doc/mate-backgrounds/copyright). Nobody chose them for tracking: macro shots with soft backgrounds,
 * grass, a cloudy sky. `PORTICO_ARTWORK` names another folder, with
 * the photographs in its `nature`.
 */
export const PHOTOGRAPHS_FOLDER = path.join(process.env['PORTICO_ARTWORK'] ?? '/usr/share/backgrounds/mate', 'nature');

/** 8-bit luma, rows from the top. */
export interface LumaImage {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** A photograph for tests: what the compiler is given, and what the camera sees. */
export interface Photograph {
  name: string;
  /** As the product makes it: libvips' greyscale at 1,000 pixels on the long side (`CompileMarker.LongSidePx`). */
  markerImage: LumaImage;
  /** Luma as a camera gives it (BT.601), every √2 smaller, largest first. */
  pyramid: LumaImage[];
}

const MARKER_LONG_SIDE_PX = 1000;
const SMALLEST_LONG_SIDE_PX = 48;

export async function loadPhotographs(folder = PHOTOGRAPHS_FOLDER): Promise<Photograph[]> {
  const names = (await readdir(folder)).filter((name) => /\.(jpe?g|png|webp)$/i.test(name)).sort();
  return Promise.all(names.map((name) => loadPhotograph(path.join(folder, name))));
}

/** @param file its path, or the bytes of one; the name is then to be given. */
export async function loadPhotograph(file: string | Buffer, name = typeof file === 'string' ? path.parse(file).name : ''): Promise<Photograph> {
  const inside = { fit: 'inside', withoutEnlargement: true } as const;
  const size = MARKER_LONG_SIDE_PX;
  const marker = await sharp(file).rotate().resize(size, size, inside).greyscale().raw().toBuffer({ resolveWithObject: true });
  const base = await sharp(file).rotate().resize(size, size, inside).toColourspace('srgb').removeAlpha().png({ compressionLevel: 0 }).toBuffer();
  const pyramid: LumaImage[] = [];
  for (let side = size; side >= SMALLEST_LONG_SIDE_PX; side /= Math.SQRT2) {
    const rounded = Math.round(side);
    const { data, info } = await sharp(base).resize(rounded, rounded, inside).raw().toBuffer({ resolveWithObject: true });
    const pixels = new Uint8Array(info.width * info.height);
    for (let i = 0, from = 0; i < pixels.length; i++, from += info.channels) {
      pixels[i] = Math.round(0.299 * data[from]! + 0.587 * data[from + 1]! + 0.114 * data[from + 2]!);
    }
    pyramid.push({ width: info.width, height: info.height, pixels });
  }
  return {
    name,
    markerImage: { width: marker.info.width, height: marker.info.height, pixels: new Uint8Array(marker.data) },
    pyramid,
  };
}
