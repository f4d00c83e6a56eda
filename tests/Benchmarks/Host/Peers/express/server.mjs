// PUT /api/v1/sessions/{id} upserts a row in PostgreSQL, as ARgument describes its server.
// PORT, PGHOST (the socket's folder), PGPORT, PGUSER, PGDATABASE: as their names say.
import cluster from 'node:cluster';
import express from 'express';
import pg from 'pg';

const processes = Number(process.env.PROCESSES ?? 1);
const database = new pg.Pool({ max: Math.floor(32 / processes) });

if (cluster.isPrimary) {
  await database.query('CREATE TABLE IF NOT EXISTS sessions (id text PRIMARY KEY, owner text NOT NULL, body jsonb NOT NULL, saved_at timestamptz NOT NULL)');
}

if (cluster.isPrimary && processes > 1) {
  for (let i = 0; i < processes; i++) cluster.fork();
  process.on('SIGTERM', () => process.exit());
} else {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.json());

  app.put('/api/v1/sessions/:id', async (request, response) => {
    await database.query({
      name: 'save', // prepared once a connection
      text: 'INSERT INTO sessions (id, owner, body, saved_at) VALUES ($1, $2, $3, now()) ON CONFLICT (id) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at',
      values: [request.params.id, request.body.owner, request.body],
    });
    response.json({ id: request.params.id });
  });

  app.get('/api/v1/hello', (_, response) => {
    response.send('Hello, World!');
  });

  app.listen(Number(process.env.PORT), '127.0.0.1');
}
