import { createCamera } from '../../web/tracking/camera.ts';
import { createPath, EASY, FAST, FRAME_HEIGHT_PX, FRAME_WIDTH_PX, OBLIQUE, SMALL } from '../../web/tracking/camera-path.ts';
import { createRandom } from '../../web/tracking/random.ts';
import type { Arena } from './arena.ts';
import { lookInVain, type Entry, type FalseAlarms } from './contest.ts';
import { storeLuma } from './scenes.ts';

const MOVEMENTS = [EASY, FAST, OBLIQUE, SMALL, { ...EASY, light: [0.25, 0.35] as [number, number], noise: 7 }];
const FRAMES_A_CLIP = 25;
/** MindAR matches a frame against each target in turn, which takes it a while: of so many clips it gets one. */
const MINDAR_SEES_EVERY = 10;

/**
 * Clips of one photograph on the wall of another, in which all the others are looked for.
 * @param count frames in all, rounded up to whole clips
 */
export async function measureFalseAlarms(
  arena: Arena, entries: readonly Entry[], seed: number, count: number,
): Promise<{ ours: FalseAlarms; mindar?: FalseAlarms }> {
  const ours: FalseAlarms = { frames: 0, targets: entries.length - 2, found: 0 };
  const mindar: FalseAlarms = { ...ours };
  const clips = Math.ceil(count / FRAMES_A_CLIP);
  for (let clip = 0; clip < clips; clip++) {
    const shown = clip % entries.length, behind = (shown + 1) % entries.length;
    const random = createRandom(seed + 104729 * (clip + 1));
    const kind = MOVEMENTS[clip % MOVEMENTS.length]!;
    const camera = createCamera(random, entries[shown]!.photograph, entries[behind]!.photograph, createPath(random, kind), kind);
    const luma = new Uint8Array(FRAMES_A_CLIP * FRAME_WIDTH_PX * FRAME_HEIGHT_PX);
    for (let frame = 0; frame < FRAMES_A_CLIP; frame++) storeLuma(camera.render(3 * frame), luma, frame);

    const absent = entries.filter((_, i) => i !== shown && i !== behind);
    add(ours, await lookInVain(arena, absent, luma, 'ours'));
    if (entries[0]!.mind !== undefined && clip % MINDAR_SEES_EVERY === 0) add(mindar, await lookInVain(arena, absent, luma, 'mindar'));
  }
  return { ours, ...(mindar.frames > 0 && { mindar }) };
}

function add(sum: FalseAlarms, { frames, found }: FalseAlarms): void {
  sum.frames += frames;
  sum.found += found;
}
