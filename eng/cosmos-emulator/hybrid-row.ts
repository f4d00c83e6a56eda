/**
 * The .NET SDK sends transactional batches, and reads their results, in HybridRow: rows of a fixed schema, framed by
 * RecordIO. Only the two schemas of a batch are known here (`BatchOperation` and `BatchResult` of the SDK's
 * BatchSchemas.json), and of their types only those they use. Numbers are little-endian.
 *
 * A row: version 0x81, schema id (int32), one byte that says which fixed and variable columns are present, the fixed
 * columns, the present variable ones (varint length, bytes), then sparse ones (type code, token, value). A token is
 * the column's place in the schema, counted from 1.
 */
import { crc32 } from 'node:zlib';

export interface BatchOperation {
  kind: 'create' | 'patch' | 'read' | 'upsert' | 'delete' | 'replace';
  id?: string;
  body?: Buffer;
  ifMatch?: string;
  /** The SDK wants no body back. */
  minimal: boolean;
}

export interface BatchResult {
  statusCode: number;
  etag?: string;
  body?: Buffer;
}

const VERSION = 0x81;
const SEGMENT_SCHEMA = 2147473648;
const RECORD_SCHEMA = 2147473649;
const OPERATION_SCHEMA = 2145473648;
const RESULT_SCHEMA = 2145473649;
const HEADER_BYTES = 5;

const kinds: Record<number, BatchOperation['kind']> = { 0: 'create', 1: 'patch', 2: 'read', 4: 'delete', 5: 'replace', 20: 'upsert' };

const type = { false: 2, true: 3, int32: 7, float64: 16, utf8: 20 };
const token = { ifMatch: 9, minimalReturnPreference: 12, requestCharge: 6 };

/** The operations of a batch request's body. Throws on what no SDK sends. */
export function decodeBatch(bytes: Buffer): BatchOperation[] {
  const reader = new Reader(bytes);
  reader.header(SEGMENT_SCHEMA);
  reader.skip(bytes.readInt32LE(HEADER_BYTES + 1) - HEADER_BYTES);
  const operations: BatchOperation[] = [];
  while (!reader.done) {
    reader.header(RECORD_SCHEMA);
    const length = reader.int32();
    const checksum = reader.uint32();
    const row = reader.take(length);
    if (crc32(row) !== checksum) throw new Error('A record of the batch has the wrong checksum.');
    operations.push(decodeOperation(row));
  }
  return operations;
}

/** The body of a batch response, one result for each operation. */
export function encodeResults(results: BatchResult[]): Buffer {
  const segment = Buffer.concat([rowHeader(SEGMENT_SCHEMA), Buffer.from([1]), int32(HEADER_BYTES + 5)]);
  const records = results.flatMap((result) => {
    const row = encodeResult(result);
    return [rowHeader(RECORD_SCHEMA), int32(row.length), uint32(crc32(row)), row];
  });
  return Buffer.concat([segment, ...records]);
}

function decodeOperation(bytes: Buffer): BatchOperation {
  const reader = new Reader(bytes);
  reader.header(OPERATION_SCHEMA);
  const present = reader.byte();
  const operationType = reader.int32();
  reader.int32(); // resourceType: documents are all there is
  const kind = kinds[operationType];
  if (!kind) throw new Error(`Operation type ${operationType} is not supported in a batch.`);
  // Bits 2–6: partitionKey, effectivePartitionKey, id, binaryId, resourceBody.
  const [, , id, , body] = [2, 3, 4, 5, 6].map((bit) => (present & (1 << bit) ? reader.take(reader.varint()) : undefined));
  const operation: BatchOperation = { kind, id: id?.toString('utf8'), body, minimal: false };
  while (!reader.done) {
    const code = reader.byte();
    const column = reader.varint();
    const value = code === type.utf8 ? reader.take(reader.varint()).toString('utf8') : code === type.int32 ? reader.int32() : code === type.true;
    if (code !== type.utf8 && code !== type.int32 && code !== type.true && code !== type.false) throw new Error(`Type ${code} is not expected in a batch.`);
    if (column === token.ifMatch) operation.ifMatch = String(value);
    if (column === token.minimalReturnPreference) operation.minimal = value === true;
  }
  return operation;
}

function encodeResult({ statusCode, etag, body }: BatchResult): Buffer {
  // Bits: statusCode, subStatusCode, eTag, resourceBody.
  const present = 0b0011 | (etag === undefined ? 0 : 0b0100) | (body === undefined ? 0 : 0b1000);
  const charge = Buffer.alloc(8);
  charge.writeDoubleLE(1);
  return Buffer.concat([
    rowHeader(RESULT_SCHEMA),
    Buffer.from([present]),
    int32(statusCode),
    int32(0),
    ...(etag === undefined ? [] : [sized(Buffer.from(etag, 'utf8'))]),
    ...(body === undefined ? [] : [sized(body)]),
    Buffer.from([type.float64, token.requestCharge]),
    charge,
  ]);
}

const rowHeader = (schema: number) => Buffer.concat([Buffer.from([VERSION]), int32(schema)]);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function sized(bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) length.push((rest % 128) | 0x80);
  length.push(rest);
  return Buffer.concat([Buffer.from(length), bytes]);
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get done() {
    return this.at === this.bytes.length;
  }

  header(schema: number) {
    const [version, found] = [this.byte(), this.int32()];
    if (version !== VERSION || found !== schema) throw new Error(`Expected a row of schema ${schema}, found ${found}.`);
  }

  byte() {
    return this.take(1)[0]!;
  }

  int32() {
    return this.take(4).readInt32LE();
  }

  uint32() {
    return this.take(4).readUInt32LE();
  }

  varint() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  skip(count: number) {
    this.take(count);
  }

  take(count: number) {
    if (count < 0 || this.at + count > this.bytes.length) throw new Error('The batch ends in the middle of a row.');
    return this.bytes.subarray(this.at, (this.at += count));
  }
}
