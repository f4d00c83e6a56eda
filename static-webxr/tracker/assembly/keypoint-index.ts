import { allocate } from './arena';
import { featureCount, featureDescriptors, featureLevels, featureOrientations } from './corner-features';
import { DESCRIPTOR_BYTES } from './descriptor';
import { MOST_TARGETS, SEARCHING, Target, targetAt, targetCount } from './target';

/**
 * Says which of many targets a frame most likely shows, in one pass over its corners: the keypoints of all targets
 * stand in one index, and a corner votes for the target, turn and size of each keypoint that looks like it.
 *
 * The index holds each descriptor under each of its 21 runs of 12 bits; those that share a run with a corner's are
 * compared in full (Norouzi, Punjani and Fleet, "Fast search in Hamming space with multi-index hashing", CVPR 2012).
 */
const TABLES = 21;
const KEY_BITS = 12;
const KEYS = 1 << KEY_BITS;
/** Entries have 16-bit numbers; the compiler's 478 keypoints a target leave room for 137 targets. */
const MOST_ENTRIES = 1 << 16;
/** Of a target with more keypoints than the compiler makes, these many take part. */
const MOST_ENTRIES_A_TARGET = 512;
/** A run of bits this common says nothing. */
const MOST_SHARING = 256;
const MOST_DISTANCE = 60;
/** A corner has one word, shared by the keypoints that are nearly as like it as the most alike: what is common says little. */
const WORD = 60;
const NEARLY_AS_NEAR = 8;
const MOST_ALIKE = 64;

const TURNS = 16;
const SIZES = 24;
const CELLS = TURNS * SIZES;

const alike = allocate(MOST_ALIKE * 4);

let entryCount: i32 = 0;
let indexedTargets: i32 = 0;
let descriptors: usize = 0;
/** Target, orientation, size of the keypoint's view, and nothing: u8 each. */
let origins: usize = 0;
/** For each table, where each key's entries start among `shared`; one more as the end. */
let starts: usize = 0;
let shared: usize = 0;
/** The last corner that each entry was compared with, u16. */
let compared: usize = 0;
/** u16 for each target, turn and size. */
let votes: usize = 0;

/** The best targets and their votes, best first: u32 votes << 8 | target. */
const RANKS = 8;
const ranking = allocate(RANKS * 4);
export let rankedCount: i32 = 0;

export function rankedTarget(rank: i32): Target {
  return targetAt(load<u32>(ranking + (<usize>rank << 2)) & 0xff);
}

/** Ranks the targets that are searched by the frame's described corners (`findFeatures`). */
export function rankTargets(): void {
  if (indexedTargets != targetCount) buildIndex();
  memory.fill(votes, 0, <usize>(targetCount * CELLS) << 1);
  memory.fill(compared, 0, <usize>entryCount << 1);
  for (let i = 0; i < featureCount; i++) voteOf(i);
  rank();
}

// @ts-ignore: decorator
@inline
function keyOf(descriptor: usize, table: i32): i32 {
  const bit = table * KEY_BITS;
  return <i32>(load<u32>(descriptor + <usize>(bit >> 3)) >> <u32>(bit & 7)) & (KEYS - 1);
}

function voteOf(feature: i32): void {
  const probe = featureDescriptors + <usize>feature * DESCRIPTOR_BYTES;
  const p0 = load<u64>(probe), p1 = load<u64>(probe, 8), p2 = load<u64>(probe, 16), p3 = load<u64>(probe, 24);
  const stamp = <u32>(feature + 1);
  let limit = MOST_DISTANCE;
  let alikeCount = 0;
  for (let table = 0; table < TABLES; table++) {
    const at = starts + (<usize>(table * (KEYS + 1) + keyOf(probe, table)) << 2);
    const from = load<u32>(at), to = load<u32>(at, 4);
    if (to - from > <u32>MOST_SHARING) continue;
    for (let k = from; k < to; k++) {
      const entry = <usize>load<u16>(shared + (<usize>k << 1));
      if (load<u16>(compared + (entry << 1)) == stamp) continue;
      store<u16>(compared + (entry << 1), stamp);
      const d = descriptors + entry * DESCRIPTOR_BYTES;
      const distance = <i32>(popcnt(p0 ^ load<u64>(d)) + popcnt(p1 ^ load<u64>(d, 8)) + popcnt(p2 ^ load<u64>(d, 16)) + popcnt(p3 ^ load<u64>(d, 24)));
      if (distance > limit || alikeCount == MOST_ALIKE) continue;
      limit = min(limit, distance + NEARLY_AS_NEAR);
      store<u16>(alike + (<usize>alikeCount << 2), <u32>entry);
      store<u16>(alike + (<usize>alikeCount << 2), distance, 2);
      alikeCount++;
    }
  }
  let count = 0;
  for (let i = 0; i < alikeCount; i++) {
    const at = alike + (<usize>i << 2);
    if (<i32>load<u16>(at, 2) > limit) continue;
    store<u32>(alike + (<usize>count << 2), load<u32>(at));
    count++;
  }
  for (let i = 0; i < count; i++) vote(feature, origins + (<usize>load<u16>(alike + (<usize>i << 2)) << 2), WORD / count);
}

function vote(feature: i32, origin: usize, weight: i32): void {
  const turn = ((<i32>load<u8>(featureOrientations + feature) - <i32>load<u8>(origin, 1)) & 63) >> 2;
  const size = min(SIZES - 1, max(0, <i32>load<u8>(origin, 2) + 2 * <i32>load<u8>(featureLevels + feature) - 8));
  const cell = votes + (<usize>(<i32>load<u8>(origin) * CELLS + turn * SIZES + size) << 1);
  store<u16>(cell, min(0xffff, <i32>load<u16>(cell) + weight));
}

function rank(): void {
  rankedCount = 0;
  for (let i = 0; i < targetCount; i++) if (targetAt(i).state == SEARCHING) insert(mostVotes(i) << 8 | <u32>i);
}

/** Of a turn and a size and those beside them, the most. */
function mostVotes(target: i32): u32 {
  const own = votes + (<usize>(target * CELLS) << 1);
  let most: u32 = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const a = own + (<usize>(((turn + TURNS - 1) & (TURNS - 1)) * SIZES) << 1);
    const b = own + (<usize>(turn * SIZES) << 1);
    const c = own + (<usize>(((turn + 1) & (TURNS - 1)) * SIZES) << 1);
    let before: u32 = 0, here: u32 = 0;
    for (let size: usize = 0; size < <usize>SIZES; size++) {
      const after = <u32>load<u16>(a + (size << 1)) + <u32>load<u16>(b + (size << 1)) + <u32>load<u16>(c + (size << 1));
      most = max(most, before + here + after);
      before = here;
      here = after;
    }
  }
  return most;
}

function insert(key: u32): void {
  if (rankedCount == RANKS && load<u32>(ranking, (RANKS - 1) * 4) >= key) return;
  let at = ranking + (<usize>min(rankedCount, RANKS - 1) << 2);
  while (at > ranking && load<u32>(at - 4) < key) {
    store<u32>(at, load<u32>(at - 4));
    at -= 4;
  }
  store<u32>(at, key);
  if (rankedCount < RANKS) rankedCount++;
}

/** Memory for the index, 5.5 MB: before `rankTargets`, when targets are added. */
export function prepareIndex(): void {
  if (descriptors != 0) return;
  descriptors = allocate(MOST_ENTRIES * DESCRIPTOR_BYTES);
  origins = allocate(MOST_ENTRIES * 4);
  starts = allocate(TABLES * (KEYS + 1) * 4);
  shared = allocate(TABLES * MOST_ENTRIES * 2);
  compared = allocate(MOST_ENTRIES * 2);
  votes = allocate(MOST_TARGETS * CELLS * 2);
}

/** Anew from all targets: a few milliseconds, once after targets were added. */
function buildIndex(): void {
  entryCount = 0;
  for (let i = 0; i < targetCount; i++) addEntries(i);
  for (let table = 0; table < TABLES; table++) sortTable(table);
  indexedTargets = targetCount;
}

function addEntries(index: i32): void {
  const target = targetAt(index);
  const count = min(min(target.keypointCount, MOST_ENTRIES_A_TARGET), MOST_ENTRIES - entryCount);
  memory.copy(descriptors + <usize>entryCount * DESCRIPTOR_BYTES, target.descriptors, <usize>count * DESCRIPTOR_BYTES);
  for (let i = 0; i < count; i++) {
    const at = origins + (<usize>entryCount << 2);
    store<u8>(at, index);
    store<u8>(at, load<u8>(target.orientations + i), 1);
    store<u8>(at, load<u8>(target.sizes + i), 2);
    entryCount++;
  }
}

/** Counting sort of all entries by one run of their bits. */
function sortTable(table: i32): void {
  const first = starts + (<usize>(table * (KEYS + 1)) << 2);
  memory.fill(first, 0, (KEYS + 1) << 2);
  for (let i = 0; i < entryCount; i++) {
    const at = first + (<usize>keyOf(descriptors + <usize>i * DESCRIPTOR_BYTES, table) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let sum = <u32>(table * MOST_ENTRIES);
  for (let key: usize = 0; key <= <usize>KEYS; key++) {
    sum += load<u32>(first + (key << 2));
    store<u32>(first + (key << 2), sum);
  }
  // Filled from the back, each end becomes its start.
  for (let i = entryCount - 1; i >= 0; i--) {
    const at = first + (<usize>keyOf(descriptors + <usize>i * DESCRIPTOR_BYTES, table) << 2);
    const place = load<u32>(at) - 1;
    store<u32>(at, place);
    store<u16>(shared + (<usize>place << 1), i);
  }
}
