/**
 * A Cosmos DB for this machine: the npm emulator (@vercel/cosmosdb-server) with the gaps filled that Portico would
 * fall into, so that the product's adapter speaks to it as to the real service. In memory: what it holds ends with it.
 *
 *   node --import tsx eng/cosmos-emulator/main.ts [--port N] [--ends-with-input]     (port 0, the default: any free one)
 *
 * Prints one line, a connection string, when it listens. Ends on SIGTERM, and with --ends-with-input when its standard
 * input closes, which it does with the process that holds the other end.
 *
 * Filled in: partition isolation of queries and reads, 404 for an absent document, query plans, ORDER BY in both
 * directions of a composite index, patches with Cosmos DB's rules, transactional batches, quoted ETags, 413.
 * Not there: TCP mode, time to live, throughput (429), change feed, more than one physical partition, request charges
 * that mean anything (each is 1), ORDER BY across partitions. Keys are not checked.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { batch, documentsIn, operate, type Answer } from './documents.ts';
import { newAccount, routeOf, type Account, type Collection } from './engine.ts';
import { decodeBatch, encodeResults } from './hybrid-row.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, 'ends-with-input': { type: 'boolean' } } });
/** The well-known key of every Cosmos DB emulator; it guards nothing. */
const KEY = 'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==';

let account: Account;
const server = createServer((request, response) => {
  handle(request, response).catch((failure: unknown) => {
    console.error(failure);
    if (!response.headersSent) send(response, 500, { message: String(failure) });
  });
});
server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  account = newAccount('127.0.0.1', port);
  console.log(`AccountEndpoint=http://127.0.0.1:${port}/;AccountKey=${KEY};`);
});
// Keep-alive connections of a client that is gone shall not hold us.
const end = () => process.exit(0);
process.on('SIGTERM', end).on('SIGINT', end);
if (values['ends-with-input']) process.stdin.on('end', end).on('error', end).resume();

async function handle(request: IncomingMessage, response: ServerResponse) {
  const { pathname } = new URL(request.url!, 'http://localhost');
  const [, database, name, , id] = /^\/dbs\/([^/]+)\/colls\/([^/]+)\/(docs)(?:\/([^/]+))?\/?$/.exec(pathname) ?? [];
  if (!database) return others(request, response);

  const body = await read(request);
  const collection = account.database(decodeURIComponent(database)).collection(decodeURIComponent(name!));
  if (!collection.read()) return send(response, 404, { code: 'NotFound', message: 'Owner resource does not exist' }, { 'x-ms-substatus': '1003' });
  if (is(request, 'x-ms-cosmos-is-query-plan-request')) return send(response, 200, queryPlan(body));
  const partition = partitionOf(request);
  if (request.headers['content-type'] === 'application/query+json') return query(request, response, collection, partition, body);
  if (partition === undefined) return send(response, 400, { message: 'A partition key is needed.' });
  if (is(request, 'x-ms-cosmos-is-batch-request')) return batched(response, collection, partition, body);

  const kind = kindOf(request, id !== undefined);
  const answer = kind && operate(collection, partition, {
    kind,
    id: id === undefined ? undefined : decodeURIComponent(id),
    body: kind === 'read' || kind === 'delete' ? undefined : body,
    ifMatch: request.headers['if-match']?.replaceAll('"', ''),
  });
  if (!answer) return send(response, 405, { message: 'This emulator has no such operation.' });
  return sendAnswer(response, answer, request.headers.prefer === 'return=minimal');
}

function kindOf(request: IncomingMessage, hasId: boolean) {
  switch (`${request.method} ${hasId}`) {
    case 'POST false': return is(request, 'x-ms-documentdb-is-upsert') ? 'upsert' : 'create';
    case 'GET true': return 'read';
    case 'PUT true': return 'replace';
    case 'PATCH true': return 'patch';
    case 'DELETE true': return 'delete';
    default: return undefined;
  }
}

function query(request: IncomingMessage, response: ServerResponse, collection: Collection, partition: string | undefined, body: Buffer) {
  const { query: sql, parameters } = JSON.parse(body.toString('utf8')) as { query: string; parameters: object[] };
  const declared = collection.read()!.indexingPolicy.compositeIndexes ?? [];
  const backwards = declared.map((index) => index.map(({ path, order }) => ({ path, order: order === 'ascending' ? 'descending' : 'ascending' })));
  const continuation = request.headers['x-ms-continuation'];
  let page;
  try {
    page = collection.documents._getQuery(sql).exec(documentsIn(collection, partition), {
      parameters,
      maxItemCount: Number(request.headers['x-ms-max-item-count'] ?? 100),
      continuation: typeof continuation === 'string' ? JSON.parse(continuation) : null,
      // An index serves its own order and the opposite one.
      compositeIndexes: [...declared, ...backwards],
    });
  } catch (failure) {
    return send(response, 400, { code: 'BadRequest', message: failure instanceof Error ? failure.message : String(failure) });
  }
  const more: Record<string, string> = page.continuation ? { 'x-ms-continuation': JSON.stringify(page.continuation) } : {};
  return send(response, 200, { _rid: '', Documents: page.result, _count: page.result.length }, { ...more, 'x-ms-item-count': String(page.result.length) });
}

/** What the SDK asks for where it has no native parser: what a query is made of. Of ours, only ORDER BY matters. */
function queryPlan(body: Buffer) {
  const { query: sql } = JSON.parse(body.toString('utf8')) as { query: string };
  const order = / ORDER BY (.*)$/.exec(sql)?.[1]?.split(', ') ?? [];
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: {
      distinctType: 'None', top: null, offset: null, limit: null, groupByExpressions: [], groupByAliases: [], aggregates: [], groupByAliasToAggregateType: {},
      orderBy: order.map((expression) => (expression.endsWith(' DESC') ? 'Descending' : 'Ascending')),
      orderByExpressions: order.map((expression) => expression.replace(/ (ASC|DESC)$/, '')),
      rewrittenQuery: '', hasSelectValue: false, hasNonStreamingOrderBy: false,
    },
    queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
  };
}

function batched(response: ServerResponse, collection: Collection, partition: string, body: Buffer) {
  const results = batch(collection, partition, decodeBatch(body));
  const failed = results.some(({ statusCode }) => statusCode >= 400);
  sendBytes(response, failed ? 207 : 200, encodeResults(results), 'application/octet-stream', {});
}

/** Databases, containers, partition key ranges: the npm emulator's own. */
async function others(request: IncomingMessage, response: ServerResponse) {
  const [params, handler] = routeOf(request) ?? [];
  if (!handler) return send(response, 400, { message: 'no route' });
  const body = (await handler(account, request, response, params!)) as { _etag?: string } | undefined;
  const headers: Record<string, string> = body?._etag ? { etag: `"${body._etag}"` } : {};
  if (request.headers['a-im'] && response.statusCode === 200) {
    // A feed of changes, of which there are none: the second time it is asked for, nothing is new.
    headers.etag = '"1"';
    if (request.headers['if-none-match']) response.statusCode = 304;
  }
  return send(response, response.statusCode, body, headers);
}

const sendAnswer = (response: ServerResponse, { status, document, message }: Answer, minimal: boolean) =>
  send(response, status, status >= 400 ? { code: String(status), message } : minimal ? undefined : document, document ? { etag: `"${document._etag}"` } : {});

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  sendBytes(response, status, body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)), 'application/json', headers);

function sendBytes(response: ServerResponse, status: number, body: Buffer, contentType: string, headers: Record<string, string>) {
  response.writeHead(status, { 'content-type': contentType, 'content-length': status === 304 ? 0 : body.length, 'x-ms-activity-id': randomUUID(), 'x-ms-request-charge': '1', ...headers });
  response.end(status === 304 || status === 204 ? undefined : body);
}

const is = (request: IncomingMessage, header: string) => String(request.headers[header]).toLowerCase() === 'true';

function partitionOf(request: IncomingMessage): string | undefined {
  const header = request.headers['x-ms-documentdb-partitionkey'];
  return typeof header === 'string' ? (JSON.parse(header) as string[])[0] : undefined;
}

async function read(request: IncomingMessage) {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
