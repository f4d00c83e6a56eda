import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

/** A photograph on disk. */
export interface PhotographFile {
  file: string;
  /** SHA-256 of the file: decides its side, and where its crops lie. */
  hash: string;
  /** The side that may be looked at while the score is made, or the one it is judged on. */
  side: 'training' | 'held out';
  widthPx: number;
  heightPx: number;
}

const PICTURE = /\.(jpe?g|png|webp)$/i;

/**
 * The photographs that paths name, in the order of their hashes.
 * @param places files, or folders of which each holds one photograph in several sizes: the largest is taken
 */
export async function findPhotographs(places: readonly string[]): Promise<PhotographFile[]> {
  const photographs: PhotographFile[] = [];
  for (const place of places) {
    const entries = (await stat(place)).isDirectory()
      ? (await readdir(place, { recursive: true })).filter((name) => PICTURE.test(name)).map((name) => path.join(place, name))
      : [place];
    const sized = await Promise.all(entries.map(async (file) => ({ file, ...(await sharp(file).metadata()) })));
    const { file, width: widthPx, height: heightPx } = sized.reduce((one, other) => (other.width * other.height > one.width * one.height ? other : one));
    const hash = createHash('sha256').update(await readFile(file)).digest('hex');
    photographs.push({ file, hash, side: Number.parseInt(hash.slice(0, 2), 16) % 2 === 0 ? 'training' : 'held out', widthPx, heightPx });
  }
  return photographs.sort((a, b) => a.hash.localeCompare(b.hash));
}
