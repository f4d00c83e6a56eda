import sharp from 'sharp';
import { FRAME_HEIGHT_PX, FRAME_WIDTH_PX } from '../../web/tracking/camera-path.ts';

/** A frame, where the target is, and where each tracker sees it. */
export interface Exhibit {
  /** Two lines. */
  caption: [string, string];
  luma: Uint8Array;
  truth: Float64Array;
  ours?: Float64Array;
  mindar?: Float64Array;
}

const COLUMNS = 3;
const WIDTH = FRAME_WIDTH_PX / 2, HEIGHT = FRAME_HEIGHT_PX / 2, CAPTION = 32;

/** A PNG of frames: truth white, ours green, MindAR red and dashed. */
export async function writeContactSheet(exhibits: readonly Exhibit[], file: string): Promise<void> {
  const tiles = await Promise.all(exhibits.map(async (exhibit, i) => ({
    input: await tileOf(exhibit), left: (i % COLUMNS) * WIDTH, top: Math.floor(i / COLUMNS) * (HEIGHT + CAPTION),
  })));
  const height = Math.ceil(exhibits.length / COLUMNS) * (HEIGHT + CAPTION);
  await sharp({ create: { width: COLUMNS * WIDTH, height, channels: 3, background: '#111' } }).composite(tiles).png().toFile(file);
}

async function tileOf({ caption, luma, truth, ours, mindar }: Exhibit): Promise<Buffer> {
  const outline = (corners: Float64Array | undefined, style: string): string => {
    if (corners === undefined) return '';
    const points = Array.from({ length: 4 }, (_, k) => `${corners[2 * k]! / 2},${corners[2 * k + 1]! / 2 + CAPTION}`).join(' ');
    return `<polygon points="${points}" fill="none" ${style}/>`;
  };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT + CAPTION}">
    ${outline(truth, 'stroke="#fff" stroke-width="2.5"')}
    ${outline(mindar, 'stroke="#f33" stroke-width="1.5" stroke-dasharray="6 4"')}
    ${outline(ours, 'stroke="#3f3" stroke-width="1.2"')}
    <rect width="100%" height="${CAPTION}" fill="#111"/>
    ${caption.map((line, i) => `<text x="4" y="${13 + 14 * i}" font-family="sans-serif" font-size="11" fill="#ddd">${line.replace(/[&<]/g, '')}</text>`).join('')}</svg>`;
  return sharp(luma, { raw: { width: FRAME_WIDTH_PX, height: FRAME_HEIGHT_PX, channels: 1 } })
    .resize(WIDTH, HEIGHT)
    .toColourspace('srgb')
    .extend({ top: CAPTION, background: '#111' })
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer();
}
