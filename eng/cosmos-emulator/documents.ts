/**
 * Operations on documents, with what the npm emulator lacks: partitions that keep apart, absence that is 404, patches
 * with Cosmos DB's rules, and batches that are all or nothing. Everything runs in one turn of the event loop.
 */
import type { BatchOperation, BatchResult } from './hybrid-row.ts';
import type { Collection, StoredDocument } from './engine.ts';
import { applyPatch, PatchError, type Json, type PatchOperation } from './patch.ts';

const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024;

export interface Answer {
  status: number;
  document?: StoredDocument;
  message?: string;
}

export type Operation = Omit<BatchOperation, 'minimal'>;

/** One operation in one partition. `ifMatch` without quotes. */
export function operate(collection: Collection, partition: string, { kind, id, body, ifMatch }: Operation): Answer {
  if (body && body.length > MAX_DOCUMENT_BYTES) return { status: 413, message: 'Request size is too large.' };
  const sent = body && (JSON.parse(body.toString('utf8')) as StoredDocument);
  const wanted = id ?? sent!.id;
  if (sent && kind !== 'patch') {
    if (typeof sent.id !== 'string' || sent.id !== wanted) return { status: 400, message: 'The id in the body is missing or another.' };
    if (partitionOf(collection, sent) !== partition) return { status: 400, message: 'PartitionKey extracted from document doesn\'t match the one specified in the header.' };
  }
  const found = collection.document(wanted, partition).read();

  if (kind === 'create' && found) return { status: 409, message: 'Resource with specified id or name already exists.' };
  if (kind !== 'create' && kind !== 'upsert' && !found) return { status: 404, message: 'Entity with the specified id does not exist in the system.' };
  if (ifMatch !== undefined && ifMatch !== '*' && found && found._etag !== ifMatch) return preconditionFailed;

  const { documents } = collection;
  switch (kind) {
    case 'read':
      return { status: 200, document: found };
    case 'delete':
      documents.delete(wanted, partition);
      return { status: 204 };
    case 'patch':
      return patch(collection, found!, sent as unknown as { operations: PatchOperation[]; condition?: string });
    default:
      return found ? { status: 200, document: documents.replace(sent!, found) } : { status: 201, document: documents.create(sent!) };
  }
}

/** A batch: as far as the first operation that is refused, and then as if nothing had been. */
export function batch(collection: Collection, partition: string, operations: BatchOperation[]): BatchResult[] {
  if (operations.length > 100) return operations.map(() => ({ statusCode: 400 }));
  const { documents } = collection;
  const before = { data: new Map(documents._data), index: new Map(documents._index) };
  const results: BatchResult[] = [];
  for (const operation of operations) {
    const { status, document } = operate(collection, partition, { ...operation, ifMatch: operation.ifMatch?.replaceAll('"', '') });
    if (status >= 400) {
      [documents._data, documents._index] = [before.data, before.index];
      return operations.map((_, index) => ({ statusCode: index === results.length ? status : 424 }));
    }
    results.push({ statusCode: status, etag: document && `"${document._etag}"`, body: document && !operation.minimal ? Buffer.from(JSON.stringify(document)) : undefined });
  }
  return results;
}

/** The documents of one partition; of all when none is given. */
export const documentsIn = (collection: Collection, partition?: string) =>
  [...collection.documents._data.values()].map((item) => item.read()).filter((document) => partition === undefined || partitionOf(collection, document) === partition);

const preconditionFailed: Answer = { status: 412, message: 'Operation cannot be performed because one of the specified precondition is not met.' };

function patch(collection: Collection, found: StoredDocument, sent: { operations: PatchOperation[]; condition?: string }): Answer {
  if (sent.condition && collection.documents._getQuery(`SELECT * ${sent.condition}`).exec([found], {}).result.length === 0) return preconditionFailed;
  try {
    const patched = applyPatch(found as { [name: string]: Json }, sent.operations);
    if (JSON.stringify(patched).length > MAX_DOCUMENT_BYTES) return { status: 413, message: 'The document would become too large.' };
    return { status: 200, document: collection.documents.replace(patched, found) };
  } catch (failure) {
    if (failure instanceof PatchError) return { status: 400, message: failure.message };
    throw failure;
  }
}

function partitionOf(collection: Collection, document: object | undefined): unknown {
  const path = collection.read()!.partitionKey.paths[0]!.slice(1).split('/');
  return path.reduce<unknown>((owner, name) => (owner as Record<string, unknown> | undefined)?.[name], document);
}
