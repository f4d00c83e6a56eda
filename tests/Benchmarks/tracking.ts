import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildMarkerTool } from '../web/tracking/compile-markers.ts';
import { loadPhotographs, PHOTOGRAPHS_FOLDER, type Photograph } from '../web/tracking/photographs.ts';
import { seedOfThisRun } from '../web/tracking/random.ts';
import { percentile } from '../web/tracking/run-sequence.ts';
import { openArena } from './Tracking/arena.ts';
import { writeContactSheet, type Exhibit } from './Tracking/contact-sheet.ts';
import { compete, enter, type Entry, type Heat } from './Tracking/contest.ts';
import { figuresOf, jitterAtRest, lagFrames, type Figures } from './Tracking/figures.ts';
import { measureFalseAlarms } from './Tracking/false-alarms.ts';
import { recogniseAmongMany } from './Tracking/many-targets.ts';
import { pictureFrom } from './Tracking/pictures.ts';
import { RAMP_PX_A_SECOND, renderScene, renderSteadyScene, SCENE_CLASSES, type Picture, type Scene, type SceneClass } from './Tracking/scenes.ts';
import { judge, type Row, type Steadiness } from './Tracking/goals.ts';
import type { Sighting } from './Tracking/sightings.ts';

// ./bench tracking [--images DIR] [--classes "easy,low light"] [--seed N] [--quick | --full] [--frames N] [--ours] [--json FILE]
//
// Renders sequences with exact ground truth and gives the same frames to Portico's tracker and to MindAR 1.2.5, in one
// Chromium. --ours leaves MindAR out, --full looks for targets in 10,000 frames that have none. Synthetic video is not
// a phone: lens, sensor and hand are models. MindAR computes on the GPU, which here is software.

const { values: options } = parseArgs({
  options: {
    images: { type: 'string', default: PHOTOGRAPHS_FOLDER },
    classes: { type: 'string' },
    seed: { type: 'string' },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    frames: { type: 'string' },
    ours: { type: 'boolean', default: false },
    json: { type: 'string', default: 'artifacts/bench/tracking.json' },
  },
});
const QUICK_PHOTOGRAPHS = 3;
const STEADY_FRAMES = 20;
/** Both trackers have found the target by then, and MindAR has shown it for a while. */
const STEADY_FROM = 8;

const seed = options.seed === undefined ? seedOfThisRun() : Number(options.seed);
const frames = Number(options.frames ?? (options.quick ? 15 : 24));
const wanted = options.classes?.split(',').map((name) => name.trim());
const kinds = SCENE_CLASSES.filter(({ name }) => wanted === undefined || wanted.includes(name));
if (kinds.length === 0) throw new Error(`The classes are: ${SCENE_CLASSES.map(({ name }) => name).join(', ')}.`);
const loadBefore = loadavg()[0]!;

const all = await loadPhotographs(options.images);
const photographs = options.quick ? all.slice(0, QUICK_PHOTOGRAPHS) : all;
if (photographs.length < 3) throw new Error(`${options.images} holds ${photographs.length} photographs; at least three are needed.`);
const wallFor = (index: number): Photograph => photographs[(index + Math.floor(photographs.length / 2)) % photographs.length]!;

await buildMarkerTool();
const arena = await openArena();
const mindFolder = options.ours ? undefined : path.join(path.dirname(options.json), 'mind');

const entered = new Map<Picture, Entry[]>();
async function entriesFor(picture: Picture): Promise<Entry[]> {
  let entries = entered.get(picture);
  if (entries === undefined) {
    // MindAR takes several seconds to compile one: of those that are made, there are half as many.
    const from = [...photographs.keys()].filter((i) => picture === 'photograph' || options.full || i % 2 === 0);
    const pictures = from.map(async (i) => ({ photograph: await pictureFrom(photographs[i]!, picture, seed + i), wall: wallFor(i) }));
    entries = await enter(arena, await Promise.all(pictures), picture.replaceAll(' ', '-'), mindFolder);
    entered.set(picture, entries);
  }
  return entries;
}

/** Every sequence of every class, for the figures over all of them. */
const everything: Heat[] = [];

async function runClass(kind: SceneClass): Promise<{ row: Row; exhibits: Exhibit[] }> {
  const heats: Heat[] = [];
  const worst: Record<'ours' | 'mindar', (Exhibit & { errorPx: number }) | undefined> = { ours: undefined, mindar: undefined };
  for (const [i, entry] of (await entriesFor(kind.picture)).entries()) {
    const scene = renderScene(kind, entry.photograph, entry.wall, seed + 7919 * i, frames);
    const heat = await compete(arena, entry, scene);
    heats.push(heat);
    for (const who of ['ours', 'mindar'] as const) {
      const sightings = who === 'ours' ? heat.ours : heat.mindar?.found;
      const at = sightings === undefined ? -1 : worstOf(sightings);
      if (at >= 0 && sightings![at]!.errorPx > (worst[who]?.errorPx ?? 0)) {
        worst[who] = { ...exhibitOf(`${kind.name}: worst of ${who === 'ours' ? 'ours' : 'MindAR'}`, entry, scene, heat, at), errorPx: sightings![at]!.errorPx };
      }
    }
  }
  everything.push(...heats);
  return {
    row: rowOf(kind.name, kind.hard, heats),
    exhibits: [worst.ours, worst.mindar].filter((exhibit) => exhibit !== undefined),
  };
}

function rowOf(name: string, hard: boolean, heats: readonly Heat[]): Row {
  const competed = heats.flatMap(({ mindar }) => (mindar === undefined ? [] : [mindar]));
  return {
    class: name,
    hard,
    ours: figuresOf(heats.map(({ ours }) => ours)),
    ...(competed.length > 0 && { mindar: figuresOf(competed.map((m) => m.found)), mindarShown: figuresOf(competed.map((m) => m.shown)) }),
  };
}

/** The frame with the largest error, a lost one last of all; −1 when the target is never fully in view. */
function worstOf(sightings: readonly Sighting[]): number {
  return sightings.reduce(
    (at, s, i) => (s.truth.inView > 0.9 && (at < 0 || s.errorPx >= sightings[at]!.errorPx) ? i : at), -1,
  );
}

function exhibitOf(caption: string, { photograph }: Entry, scene: Scene, { ours, mindar }: Heat, frame: number): Exhibit {
  const pixels = scene.luma.length / scene.truth.length;
  const off = (s: Sighting | undefined): string => (s === undefined ? '–' : s.corners === undefined ? 'lost' : `${s.errorPx.toFixed(1)} px`);
  const found = mindar?.found[frame];
  return {
    caption: [`${caption} (${photograph.name}, frame ${frame})`, `ours ${off(ours[frame])}, MindAR ${off(found)}`],
    luma: scene.luma.slice(frame * pixels, (frame + 1) * pixels),
    truth: scene.truth[frame]!.corners,
    ours: ours[frame]!.corners,
    mindar: found?.corners,
  };
}

/** Jitter with a static camera, and with the very same parameters the lag behind a target that moves. */
async function measureSteadiness(): Promise<Steadiness> {
  const still: Heat[] = [], moving: Heat[] = [];
  for (const [i, entry] of (await entriesFor('photograph')).entries()) {
    const both: Heat[] = [];
    for (const moves of [false, true]) {
      const heat = await compete(arena, entry, renderSteadyScene(moves, entry.photograph, entry.wall, seed + i, STEADY_FRAMES));
      const after = (s: Sighting[]): Sighting[] => s.slice(STEADY_FROM);
      both.push({ ours: after(heat.ours), mindar: heat.mindar && { found: after(heat.mindar.found), shown: after(heat.mindar.shown) } });
    }
    const seen = both.every(({ ours, mindar }) => [ours, mindar?.found ?? [], mindar?.shown ?? []].flat().every(({ corners }) => corners !== undefined));
    if (seen) still.push(both[0]!), moving.push(both[1]!);
  }
  const of = (pick: (heat: Heat) => Sighting[]) => ({
    jitterPx: jitterAtRest(still.map(pick)), lagFrames: lagFrames(moving.map(pick), RAMP_PX_A_SECOND / 30),
  });
  return {
    pictures: still.length,
    ours: of(({ ours }) => ours),
    ...(!options.ours && { mindar: of(({ mindar }) => mindar!.found), mindarShown: of(({ mindar }) => mindar!.shown) }),
  };
}

/** The faster of the ways in which MindAR can compute here counts; its tracking has only one. */
async function measureMindarOnCpu(): Promise<{ detectMs: number } | undefined> {
  if (options.ours) return undefined;
  const [entry] = await entriesFor('photograph');
  arena.files.set('/frames', renderScene(SCENE_CLASSES[0]!, entry!.photograph, entry!.wall, seed, 6).luma);
  // The first of them compiles its code.
  return { detectMs: percentile((await arena.detectOnCpu('/frames')).slice(1), 0.5) };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const pair = (a: number, b: number, digits = 2): string => `${a.toFixed(digits)} / ${b.toFixed(digits)}`;

function printRow({ class: name, ours, mindar, mindarShown }: Row): void {
  const line = (who: string, f: Figures, only?: Figures): void => {
    const m = f.milliseconds;
    console.log(
      who.padEnd(31) + percent(f.detected).padStart(8) + percent(f.close).padStart(9) + pair(f.errorPx.median, f.errorPx.p95).padStart(15) +
        f.jitterPx.toFixed(2).padStart(8) + `${f.framesToFirst}${f.neverFound > 0 ? ` (${f.neverFound} never)` : ''}`.padStart(14) +
        String(f.losses).padStart(7) + String(f.falsePositives).padStart(6) + pair(m.cold, m.coldP95, 1).padStart(16) + pair(m.follow, m.followP95, 1).padStart(15) +
        (only === undefined ? '' : `   shown ${percent(only.close)}`),
    );
  };
  line(`${name.padEnd(22)}   ours`, ours);
  if (mindar !== undefined) line(`${''.padEnd(22)} MindAR`, mindar, mindarShown);
}

console.log(`seed ${seed}, ${photographs.length} photographs of ${options.images}, ${frames} frames a sequence, 640×480, Chromium ${arena.browser}, load ${loadBefore.toFixed(1)}`);
console.log('Synthetic video is not a phone. MindAR computes on the GPU, which is software here; milliseconds are of this machine.\n');
console.log('class                   tracker  detected   ≤ 5 px   error px (p95)  jitter     first frame  losses  false     cold ms (p95)  follow ms (p95)');

// Neither is measured while its code is being compiled.
const [first] = await entriesFor('photograph');
await compete(arena, first!, renderScene(SCENE_CLASSES[0]!, first!.photograph, first!.wall, seed, 12));

const rows: Row[] = [];
const exhibits: Exhibit[] = [];
for (const kind of kinds) {
  const result = await runClass(kind);
  rows.push(result.row);
  exhibits.push(...result.exhibits);
  printRow(result.row);
}
const overall = rowOf('all classes', false, everything);
if (kinds.length > 1) printRow(overall);
const report: Record<string, unknown> = {
  at: new Date().toISOString(), seed, photographs: photographs.map(({ name }) => name), frames, browser: arena.browser,
  processors: cpus().length, processor: cpus()[0]?.model, loadBefore, classes: rows, overall,
};

if (wanted === undefined) {
  const steady = (report.steadiness = await measureSteadiness());
  const say = (who: string, s: Steadiness['ours'] | undefined): void => {
    if (s !== undefined) console.log(`${who}: jitter ${s.jitterPx.toFixed(3)} px RMS (static camera, σ = 4), lag ${s.lagFrames.toFixed(2)} frames at ${RAMP_PX_A_SECOND} px/s, same parameters`);
  };
  console.log(`\n${steady.pictures} pictures that all saw throughout:`);
  say('ours', steady.ours);
  say('MindAR, its engine', steady.mindar);
  say('MindAR, as shown', steady.mindarShown);

  const onCpu = (report.mindarOnCpu = await measureMindarOnCpu());
  if (onCpu !== undefined) console.log(`MindAR on tfjs's CPU backend: ${onCpu.detectMs.toFixed(0)} ms for a detection without matching; its tracking needs WebGL`);

  const count = options.full ? 10_000 : options.quick ? 50 : 500;
  const alarms = (report.falseAlarms = await measureFalseAlarms(arena, await entriesFor('photograph'), seed, count));
  for (const [who, { found, frames: looked, targets }] of Object.entries(alarms)) {
    console.log(`false positives, ${who}: ${found} of ${looked} frames, ${targets} targets looked for in each`);
  }

  const many = (report.manyTargets = await recogniseAmongMany(arena, photographs, wallFor, seed, options.quick ? 20 : 100));
  console.log(`${many.targets} targets in one link, ours: ${many.recognised} of ${many.shown} pictures recognised, ${many.wrong} wrong; a frame without a known target ${pair(many.milliseconds.median, many.milliseconds.p95, 1)} ms (p95)`);
  if (!options.ours) {
    console.log('\ngoal                                      MindAR                ours                  ratio');
    const goals = (report.goals = judge({ rows, overall, steadiness: steady, falseAlarms: alarms, many, mindarOnCpuMs: onCpu!.detectMs }));
    for (const { figure, mindar, ours, ratio, goal, met } of goals) {
      console.log(`${figure.padEnd(42)}${mindar.padEnd(22)}${ours.padEnd(22)}${ratio.padEnd(8)} ${goal}: ${met ? 'met' : 'MISSED'}`);
    }
  }
}
report.loadAfter = loadavg()[0];
await arena.close();

await mkdir(path.dirname(options.json), { recursive: true });
await writeFile(options.json, JSON.stringify(report, null, 2));
const sheet = options.json.replace(/\.json$/, '-worst.png');
await writeContactSheet(exhibits, sheet);
console.log(`\n${options.json}, worst frames in ${sheet} (truth white, ours green, MindAR red)`);
