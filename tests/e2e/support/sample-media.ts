import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

const run = promisify(execFile);

/** Licensed photographs of Debian's mate-backgrounds, which ./test and ./run --check install; `PORTICO_ARTWORK` names another folder. */
export const artworkFolder = process.env.PORTICO_ARTWORK ?? '/usr/share/backgrounds/mate';

/**
 * What a phone's camera app saves: 4032×3024 stored, EXIF orientation 6, so it shows as 3024×4032.
 * The picture is a photograph of the artwork package, scaled up and cropped.
 */
export async function phonePhoto(photo: string, folder: string): Promise<string> {
  if (!existsSync(photo)) throw new Error(`${photo} is missing: apt-get install mate-backgrounds`);
  const file = join(folder, 'IMG_2041.jpg');
  await sharp(photo).resize(4032, 3024, { fit: 'cover' }).withExif({ IFD0: { Orientation: '6', Make: 'Portico' } }).withMetadata({ orientation: 6 }).jpeg({ quality: 92 }).toFile(file);
  return file;
}

/**
 * A clip as a phone or an agency would send it: 1080p30, moving detail, a tone. Tinted magenta throughout,
 * a colour that no photograph of the tests holds, so that a test can tell video from camera by a pixel.
 */
export async function magentaClip(photo: string, folder: string, seconds = 10): Promise<string> {
  const file = join(folder, 'clip.mp4');
  await run('ffmpeg', [
    '-v', 'error', '-y', '-loop', '1', '-framerate', '30', '-i', photo,
    '-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000',
    '-vf', `scale=2400:-2,format=rgb24,lutrgb=r='200+val/5':g=val/6:b='200+val/5',crop=1920:1080:x='240*(1+sin(t))':y='20*t',noise=alls=5:allf=t,format=yuv420p`,
    '-t', String(seconds), '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '20', '-c:a', 'aac', '-shortest', file,
  ]);
  return file;
}
