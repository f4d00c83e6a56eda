import type { AssetKind } from '../../shared/api.ts';
import { bytesInWords } from '../words/bytes.ts';

export interface FileVerdict {
  kind: AssetKind;
  contentType: string;
}

interface KindRule {
  kind: AssetKind;
  types: Record<string, string[]>;
  maxBytes: number;
  noun: string;
}

/**
 * What the server accepts (docs/media.md), checked here first so that nobody waits for an
 * upload that will be refused.
 */
const rules: KindRule[] = [
  {
    kind: 'image',
    types: {
      'image/jpeg': ['jpg', 'jpeg', 'jfif'],
      'image/png': ['png'],
      'image/webp': ['webp'],
      'image/gif': ['gif'],
      'image/heic': ['heic'],
      'image/heif': ['heif'],
      'image/avif': ['avif'],
    },
    maxBytes: 64 * 2 ** 20,
    noun: 'pictures',
  },
  {
    kind: 'video',
    types: {
      'video/mp4': ['mp4', 'm4v'],
      'video/quicktime': ['mov'],
      'video/3gpp': ['3gp'],
      'video/webm': ['webm'],
      'video/x-matroska': ['mkv'],
      'video/x-msvideo': ['avi'],
      'video/mp2t': ['ts', 'mts', 'm2ts'],
    },
    maxBytes: 2 * 2 ** 30,
    noun: 'videos',
  },
];

/** For the file dialog: types and extensions, since some systems know no type for `.heic` or `.mkv`. */
export const acceptedFiles: Record<string, string[]> = Object.fromEntries(
  rules.flatMap((rule) => Object.entries(rule.types).map(([type, extensions]) => [type, extensions.map((each) => `.${each}`)])),
);

/** Tells a picture from a video and refuses the rest, in words for the person who dropped it. */
export function judgeFile(file: { name: string; type: string; size: number }): FileVerdict | { refusal: string } {
  const extension = /\.([a-z0-9]+)$/i.exec(file.name)?.[1]?.toLowerCase();
  const declared = file.type.split(';')[0]!.trim().toLowerCase();
  for (const rule of rules) {
    const contentType =
      declared in rule.types
        ? declared
        : declared === '' || declared === 'application/octet-stream'
          ? Object.entries(rule.types).find(([, extensions]) => extension !== undefined && extensions.includes(extension))?.[0]
          : undefined;
    if (contentType === undefined) continue;
    if (file.size === 0) return { refusal: 'This file is empty. Was it still being copied or synchronised?' };
    if (file.size > rule.maxBytes)
      return { refusal: `This file has ${bytesInWords(file.size)}; ${rule.noun} may have up to ${bytesInWords(rule.maxBytes)}.` };
    return { kind: rule.kind, contentType };
  }
  if (declared === 'image/svg+xml') return { refusal: 'Drawings (SVG) aren’t supported. Export it as PNG, at print quality.' };
  if (declared === 'application/pdf') return { refusal: 'PDFs aren’t supported. Export the page as JPEG or PNG.' };
  return { refusal: 'This is neither a picture nor a video that we know. Use JPEG, PNG, WebP, GIF, HEIC or AVIF; MP4, MOV, 3GP, WebM, MKV, AVI or MPEG-TS.' };
}
