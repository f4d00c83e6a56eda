import { crc32 } from 'node:zlib';
import type { Random } from './random.ts';

/** Offsets of docs/marker-format.md. */
const HEADER_BYTES = 32;
const VIEW_BYTES = 8;
const KEYPOINT_BYTES = 6;
const DESCRIPTOR_BYTES = 32;
const EXTREMES = [0, 1, 2, 31, 63, 64, 127, 255, 256, 2000, 2001, 2048, 2049, 0x7fff, 0x8000, 0xfffe, 0xffff] as const;

/** A marker file that isn't what the compiler wrote any more, its checksum made right again. */
export function mutateMarker(whole: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const upTo = (end: number): number => Math.floor(end * random.next());
  const header = new DataView(whole.buffer, whole.byteOffset, whole.length);
  const views = header.getUint8(6), keypoints = header.getUint16(16, true), templateBytes = header.getUint32(20, true);
  const keypointsAt = HEADER_BYTES + VIEW_BYTES * views;
  const templateAt = keypointsAt + (KEYPOINT_BYTES + DESCRIPTOR_BYTES) * keypoints;
  let bytes = Uint8Array.from(whole);
  const view = new DataView(bytes.buffer);
  const extreme = (): number => EXTREMES[upTo(EXTREMES.length)]!;
  const scribble = (from: number, to: number, count: number): void => {
    for (let i = 0; i < count; i++) bytes[from + upTo(to - from)] = upTo(256);
  };

  switch (upTo(9)) {
    case 0: // a few bits of the header
      for (let i = 1 + upTo(4); i > 0; i--) bytes[4 + upTo(24)]! ^= 1 << upTo(8);
      break;
    case 1: // sizes and counts of the header
      view.setUint16([8, 10, 12, 14, 16][upTo(5)]!, extreme(), true);
      break;
    case 2: // the template's own size
      view.setUint16(12, 1 + upTo(600), true);
      view.setUint16(14, 1 + upTo(600), true);
      break;
    case 3: // its code, all or some
      scribble(templateAt, bytes.length, random.next() < 0.5 ? 4 : templateBytes);
      break;
    case 4: // a code that is one number without an end, or nothing but ones
      bytes.fill(random.next() < 0.5 ? 0 : 255, templateAt + upTo(templateBytes));
      bytes[19] = upTo(256);
      break;
    case 5: // keypoints and descriptors
      scribble(keypointsAt, templateAt, 1 + upTo(400));
      break;
    case 6: // views of impossible sizes, and keypoints shifted from view to view
      for (let i = 0; i < views; i++) {
        const at = HEADER_BYTES + VIEW_BYTES * i;
        if (random.next() < 0.5) view.setUint16(at, extreme(), true);
        if (random.next() < 0.5) view.setUint16(at + 2, extreme(), true);
        view.setUint16(at + 6, upTo(65_536), true);
        const next = HEADER_BYTES + VIEW_BYTES * ((i + 1) % views);
        const moved = upTo(view.getUint16(at + 4, true) + 1);
        if (next === at) continue;
        view.setUint16(at + 4, view.getUint16(at + 4, true) - moved, true);
        view.setUint16(next + 4, view.getUint16(next + 4, true) + moved, true);
      }
      break;
    case 7: // cut short or made longer, the header knowing of it
      {
        const kept = templateAt + upTo(2 * templateBytes);
        const resized = new Uint8Array(kept);
        resized.set(bytes.subarray(0, kept));
        new DataView(resized.buffer).setUint32(20, kept - templateAt, true);
        bytes = resized;
      }
      break;
    default: // cut short anywhere
      bytes = bytes.slice(0, upTo(bytes.length));
  }
  if (bytes.length >= HEADER_BYTES) new DataView(bytes.buffer).setUint32(28, crc32(bytes.subarray(HEADER_BYTES)), true);
  return bytes;
}
