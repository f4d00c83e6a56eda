/** Partial document update as Cosmos DB does it: no parent is made, nothing that is absent is removed. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface PatchOperation {
  op: string;
  path: string;
  value?: Json;
}

/** What Cosmos DB answers 400 to. */
export class PatchError extends Error {}

/** A patched copy. Throws PatchError and leaves the document alone when one operation can't be applied. */
export function applyPatch(document: { [name: string]: Json }, operations: PatchOperation[]): { [name: string]: Json } {
  if (operations.length > 10) throw new PatchError('The number of patch operations can\'t exceed 10.');
  const copy = structuredClone(document);
  operations.forEach((operation, index) => {
    try {
      apply(copy, operation);
    } catch (failure) {
      throw failure instanceof PatchError ? new PatchError(`For Operation(${index + 1}): ${failure.message}`) : failure;
    }
  });
  return copy;
}

function apply(document: { [name: string]: Json }, { op, path, value }: PatchOperation) {
  const names = path.slice(1).split('/').map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (names[0] === 'id' || names[0]!.startsWith('_')) throw new PatchError(`'${path}' can't be patched.`);
  const last = names.pop()!;
  let parent: Json | undefined = document;
  for (const name of names) parent = childOf(parent, name);
  if (Array.isArray(parent)) return applyToArray(parent, last, op, value);
  if (parent === null || typeof parent !== 'object') throw new PatchError(`The parent of '${path}' does not exist.`);
  switch (op) {
    case 'set':
    case 'add':
      parent[last] = value!;
      return;
    case 'incr':
      parent[last] = Object.hasOwn(parent, last) ? sum(parent[last]!, value!) : value!;
      return;
    case 'replace':
    case 'remove':
      if (!Object.hasOwn(parent, last)) throw new PatchError(`'${path}' is absent.`);
      if (op === 'replace') parent[last] = value!;
      else delete parent[last];
      return;
    default:
      throw new PatchError(`'${op}' is no operation that this emulator knows.`);
  }
}

function applyToArray(array: Json[], name: string, op: string, value: Json | undefined) {
  const index = /^\d+$/.test(name) ? Number(name) : -1;
  if (index < 0 || index >= array.length) throw new PatchError('Index to operate on is out of array bounds.');
  switch (op) {
    case 'set':
    case 'replace':
      array[index] = value!;
      return;
    case 'incr':
      array[index] = sum(array[index]!, value!);
      return;
    case 'remove':
      array.splice(index, 1);
      return;
    default:
      throw new PatchError(`'${op}' into an array is no operation that this emulator knows.`);
  }
}

function sum(before: Json, by: Json): number {
  if (typeof before !== 'number' || typeof by !== 'number') throw new PatchError('Only numbers are incremented.');
  return before + by;
}

function childOf(owner: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(owner)) return /^\d+$/.test(name) ? owner[Number(name)] : undefined;
  return owner !== null && typeof owner === 'object' && Object.hasOwn(owner, name) ? owner[name] : undefined;
}
