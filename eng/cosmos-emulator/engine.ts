/** The parts of @vercel/cosmosdb-server 1.0.1 that this emulator stands on: its data and its routes, by their own names. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';

export interface StoredDocument {
  id: string;
  _etag: string;
  [name: string]: unknown;
}

export interface Documents {
  _data: Map<string, { read(): StoredDocument }>;
  _index: Map<string, string>;
  /** A compiled query. */
  _getQuery(sql: string): {
    exec(items: StoredDocument[], options: object): { result: unknown[]; continuation: object | null };
  };
  create(document: object): StoredDocument;
  replace(document: object, before: StoredDocument): StoredDocument;
  delete(id: string, partition: string): void;
}

export interface CompositePath {
  path: string;
  order: string;
}

export interface Collection {
  documents: Documents;
  document(id: string, partition: string): { read(): StoredDocument | undefined };
  read(): null | { partitionKey: { paths: string[] }; indexingPolicy: { compositeIndexes?: CompositePath[][] } };
}

export interface Account {
  database(id: string): { collection(id: string): Collection };
}

export type Params = Record<string, string>;
type Handler = (account: Account, request: IncomingMessage, response: ServerResponse, params: Params) => unknown;

const load = createRequire(import.meta.url);
const AccountClass = load('@vercel/cosmosdb-server/lib/account').default as new (host: string, port: number) => Account;

export const newAccount = (host: string, port: number) => new AccountClass(host, port);
export const routeOf = load('@vercel/cosmosdb-server/lib/routes').default as (request: IncomingMessage) => [Params, Handler] | undefined;
