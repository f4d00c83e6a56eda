import sharp, { type Sharp } from 'sharp';
import { loadPhotograph, type Photograph } from '../../web/tracking/photographs.ts';
import { createRandom } from '../../web/tracking/random.ts';
import type { Picture } from './scenes.ts';

/** The picture that a class is about, made from a photograph. */
export async function pictureFrom(photograph: Photograph, picture: Picture, seed: number): Promise<Photograph> {
  if (picture === 'photograph') return photograph;
  const { width, height, pixels } = photograph.markerImage;
  const grey = sharp(pixels, { raw: { width, height, channels: 1 } });
  const png = await (picture === 'repetitive' ? tiled(grey, width, height) : sparse(grey, width, height, seed));
  return loadPhotograph(png, `${photograph.name}, ${picture}`);
}

/** A facade: one small picture 5 × 4 times, and a single different one a third as wide and high in the middle. */
async function tiled(grey: Sharp, width: number, height: number): Promise<Buffer> {
  const whole = await grey.png().toBuffer();
  const tile = await sharp(whole).resize(Math.floor(width / 5), Math.floor(height / 4), { fit: 'fill' }).png().toBuffer();
  const other = await sharp(whole).flop().resize(Math.floor(width / 3), Math.floor(height / 3), { fit: 'fill' }).png().toBuffer();
  const columns = Math.floor(width / 5) * 5, rows = Math.floor(height / 4) * 4;
  return sharp({ create: { width: columns, height: rows, channels: 3, background: '#808080' } })
    .composite([{ input: tile, tile: true, gravity: 'northwest' }, { input: other, gravity: 'centre' }])
    .png()
    .toBuffer();
}

/** A poster: the photograph as a soft backdrop of low contrast, a few plain shapes and two lines of strokes on it. */
async function sparse(grey: Sharp, width: number, height: number, seed: number): Promise<Buffer> {
  const random = createRandom(seed);
  const backdrop = await grey.blur(14).linear(0.4, 90).png().toBuffer();
  const tone = (): string => { const level = Math.round(random.between(20, 235)); return `rgb(${level},${level},${level})`; };
  const shapes: string[] = [];
  for (let i = 0; i < 4; i++) {
    const x = width * random.between(0.15, 0.85), y = height * random.between(0.15, 0.6), r = height * random.between(0.06, 0.16);
    shapes.push(
      i % 2 === 0
        ? `<circle cx="${x}" cy="${y}" r="${r}" fill="${tone()}"/>`
        : `<rect x="${x - r}" y="${y - r}" width="${1.7 * r}" height="${1.2 * r}" fill="${tone()}" transform="rotate(${random.between(0, 90)} ${x} ${y})"/>`,
    );
  }
  for (const line of [0.75, 0.86]) {
    const ink = tone();
    for (let x = 0.15; x < 0.85; x += random.between(0.025, 0.05)) {
      shapes.push(`<rect x="${x * width}" y="${line * height}" width="${random.between(0.006, 0.02) * width}" height="${random.between(0.03, 0.06) * height}" fill="${ink}"/>`);
    }
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
  return sharp(backdrop).composite([{ input: Buffer.from(svg) }]).png().toBuffer();
}
