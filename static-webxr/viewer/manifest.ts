import type { Manifest } from '../shared/manifest.ts';
import type { Reason } from './reasons.ts';

/** The manifest, or why there is none. */
export type ManifestOutcome = { manifest: Manifest } | { reason: Reason };

/** The code of `/v/{code}`; empty when the address has none. */
export function codeFromPath(path: string): string {
  return /^\/v\/([\w-]{1,64})\/?$/.exec(path)?.[1] ?? '';
}

/** Reads the answer to `/cdn/m/{code}.json`. Never rejects. */
export async function readManifest(response: Promise<Response>, online: () => boolean): Promise<ManifestOutcome> {
  let answer: Response;
  try {
    answer = await response;
  } catch {
    return { reason: online() ? 'manifest-failed' : 'offline' };
  }
  if (answer.status === 404 || answer.status === 410) return { reason: 'manifest-missing' };
  if (!answer.ok) return { reason: 'manifest-failed' };
  try {
    const manifest = (await answer.json()) as Manifest;
    if (manifest.version !== 1) return { reason: 'manifest-version' };
    if (!manifest.targets.every((target) => target.marker.url && target.content.renditions.length > 0) || !manifest.targets.length) {
      return { reason: 'manifest-failed' };
    }
    return { manifest };
  } catch {
    return { reason: 'manifest-failed' };
  }
}
