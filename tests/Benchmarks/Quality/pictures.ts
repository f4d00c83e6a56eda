import sharp from 'sharp';
import { createRandom } from '../../web/tracking/random.ts';
import type { PhotographFile } from './find-photographs.ts';

/** A picture whose detection is forecast and then tried. */
export interface Picture {
  name: string;
  /** `photograph`: a crop as it is. `generated`: a crop that was spoilt, or drawn. */
  kind: 'photograph' | 'generated';
  side: PhotographFile['side'];
  /** Pictures of one photograph are resampled together. */
  photograph: string;
  png: Buffer;
}

/** A crop's shorter side is this share of its photograph's, never under 360 pixels. */
const SHARES: [low: number, high: number] = [0.22, 0.8];
const SHORTEST_CROP_PX = 360;
const ASPECTS = [1, 4 / 3, 3 / 2, 3 / 4];

/** What spoils a crop, or is drawn instead: one of these for every other photograph, by its hash. */
const SPOILS = ['blurred', 'pale', 'tiled', 'small text', 'sprinkled', 'stripes'] as const;

/**
 * The pictures of one photograph: a crop about the middle of each of its quarters, and sometimes one generated. Where, how large and
 * what is decided by the photograph's hash, never by an outcome, so skies, blur and plain walls come as they come.
 */
export async function picturesOf(photograph: PhotographFile, crops: number): Promise<Picture[]> {
  const random = createRandom(Number.parseInt(photograph.hash.slice(2, 10), 16));
  const base = { side: photograph.side, photograph: photograph.hash };
  const stem = `${photograph.hash.slice(0, 8)}`;
  const pictures: Picture[] = [];
  for (let i = 0; i < crops; i++) {
    const aspect = ASPECTS[Math.floor(random.next() * ASPECTS.length)]!;
    const share = SHARES[0] * (SHARES[1] / SHARES[0]) ** random.next();
    const short = Math.max(SHORTEST_CROP_PX, share * Math.min(photograph.widthPx, photograph.heightPx));
    const width = Math.min(photograph.widthPx, Math.round(aspect >= 1 ? short * aspect : short));
    const height = Math.min(photograph.heightPx, Math.round(aspect >= 1 ? short : short / aspect));
    const x = photograph.widthPx * (i % 2 === 0 ? 0.27 : 0.73) + random.between(-0.2, 0.2) * photograph.widthPx;
    const y = photograph.heightPx * (i % 4 < 2 ? 0.27 : 0.73) + random.between(-0.2, 0.2) * photograph.heightPx;
    const left = Math.round(Math.min(Math.max(x - width / 2, 0), photograph.widthPx - width));
    const top = Math.round(Math.min(Math.max(y - height / 2, 0), photograph.heightPx - height));
    const png = await sharp(photograph.file)
      .extract({ left, top, width, height })
      .resize(1000, 1000, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb').removeAlpha().png({ compressionLevel: 1 }).toBuffer();
    pictures.push({ ...base, name: `${stem} crop ${i + 1}`, kind: 'photograph', png });
  }
  if (Number.parseInt(photograph.hash.slice(14, 16), 16) % 2 === 0) return pictures;
  const spoil = SPOILS[Number.parseInt(photograph.hash.slice(10, 14), 16) % SPOILS.length]!;
  const png = await spoilt(pictures[0]!.png, spoil, random.next());
  pictures.push({ ...base, name: `${stem} ${spoil}`, kind: 'generated', png });
  return pictures;
}

async function spoilt(crop: Buffer, how: (typeof SPOILS)[number], amount: number): Promise<Buffer> {
  const image = sharp(crop);
  const drawn = (svg: string, width = 800, height = 600): sharp.Sharp =>
    sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#eee"/>${svg}</svg>`)).removeAlpha();
  const random = createRandom(Math.floor(amount * 0x7fffffff));
  switch (how) {
    case 'blurred':
      return image.blur(3 + 17 * amount).png().toBuffer();
    case 'pale': {
      const left = 0.06 + 0.25 * amount;
      return image.linear(left, 128 * (1 - left)).png().toBuffer();
    }
    case 'tiled': {
      const tiles = 3 + Math.floor(5 * amount), side = Math.floor(800 / tiles);
      const tile = await image.resize(side, side, { fit: 'cover' }).png().toBuffer();
      const layers = Array.from({ length: tiles * tiles }, (_, i) => ({ input: tile, left: (i % tiles) * side, top: Math.floor(i / tiles) * side }));
      return sharp({ create: { width: tiles * side, height: tiles * side, channels: 3, background: '#eee' } }).composite(layers).png().toBuffer();
    }
    case 'small text': {
      const size = 9 + Math.floor(12 * amount);
      const lines = Array.from({ length: Math.floor(560 / (1.5 * size)) }, (_, i) => {
        const words = Array.from({ length: Math.floor(1300 / size / 6) }, () => Math.floor(random.between(1e3, 1e8)).toString(36)).join(' ');
        return `<text x="20" y="${30 + 1.5 * size * i}" font-family="sans-serif" font-size="${size}" fill="#222">${words}</text>`;
      });
      return drawn(lines.join('')).png().toBuffer();
    }
    case 'sprinkled': {
      const marks = Array.from({ length: 2 + Math.floor(40 * amount * amount) }, () =>
        `<rect x="${random.between(0, 760)}" y="${random.between(0, 560)}" width="${random.between(8, 60)}" height="${random.between(8, 60)}" fill="hsl(${random.between(0, 360)},60%,${random.between(20, 80)}%)"/>`);
      return drawn(marks.join('')).png().toBuffer();
    }
    case 'stripes': {
      const pitch = 12 + 60 * amount;
      const bars = Array.from({ length: Math.ceil(800 / pitch) }, (_, i) => `<rect x="${i * pitch}" width="${pitch / 2}" height="600" fill="#335"/>`);
      const name = `<text x="60" y="330" font-family="sans-serif" font-weight="bold" font-size="90" fill="#c40">Sale ${Math.floor(100 * amount)} %</text>`;
      return drawn(bars.join('') + (random.next() < 0.5 ? name : '')).png().toBuffer();
    }
  }
}
