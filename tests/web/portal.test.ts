import { describe, expect, test, vi } from 'vitest';
import type { Asset, ProgressMessage } from '../../static-webxr/shared/api.ts';
import { createApiClient } from '../../static-webxr/portal/api/api-client.ts';
import { ApiError, readProblem } from '../../static-webxr/portal/api/problem.ts';
import { judgeFile } from '../../static-webxr/portal/assets/file-rules.ts';
import { takeMessage, withLiveProgress } from '../../static-webxr/portal/assets/live-progress.ts';
import { statusWords } from '../../static-webxr/portal/assets/status-words.ts';
import { createSpeedometer } from '../../static-webxr/portal/assets/transfer-speed.ts';
import { createPendingDeletions } from '../../static-webxr/portal/undo/pending-deletions.ts';
import { ago } from '../../static-webxr/portal/words/ago.ts';
import { bytesInWords } from '../../static-webxr/portal/words/bytes.ts';
import { clock, remainingInWords } from '../../static-webxr/portal/words/duration.ts';

const asset: Asset = {
  id: 'ast_1',
  projectId: 'prj_1',
  kind: 'video',
  name: 'clip.mp4',
  status: 'processing',
  source: { contentType: 'video/mp4', declaredBytes: 10 },
  createdAt: '2026-01-01T10:00:00Z',
  updatedAt: '2026-01-01T10:00:00Z',
};

const message = (sequence: number, fields: Partial<ProgressMessage> = {}): ProgressMessage => ({
  projectId: 'prj_1',
  assetId: 'ast_1',
  kind: 'video',
  status: 'processing',
  sequence,
  at: '2026-01-01T10:00:01Z',
  ...fields,
});

describe('judging a file before it is uploaded', () => {
  test('pictures and videos are told apart by their type', () => {
    expect(judgeFile({ name: 'a.jpg', type: 'image/jpeg', size: 9 })).toEqual({ kind: 'image', contentType: 'image/jpeg' });
    expect(judgeFile({ name: 'a.gif', type: 'image/gif', size: 9 })).toEqual({ kind: 'image', contentType: 'image/gif' });
    expect(judgeFile({ name: 'a.3gp', type: 'video/3gpp', size: 9 })).toEqual({ kind: 'video', contentType: 'video/3gpp' });
    expect(judgeFile({ name: 'a.mov', type: 'video/quicktime', size: 9 })).toEqual({ kind: 'video', contentType: 'video/quicktime' });
  });

  test('a file whose type the system does not know is told by its extension', () => {
    expect(judgeFile({ name: 'IMG_1.HEIC', type: '', size: 9 })).toEqual({ kind: 'image', contentType: 'image/heic' });
    expect(judgeFile({ name: '00001.MTS', type: '', size: 9 })).toEqual({ kind: 'video', contentType: 'video/mp2t' });
    expect(judgeFile({ name: 'a.b.mkv', type: 'application/octet-stream', size: 9 })).toEqual({ kind: 'video', contentType: 'video/x-matroska' });
  });

  test('a wrong type is not overruled by a friendly extension', () => {
    expect(judgeFile({ name: 'notes.jpg', type: 'text/plain', size: 9 })).toHaveProperty('refusal');
  });

  test('empty and oversized files are refused with the limit of their kind', () => {
    expect(judgeFile({ name: 'a.png', type: 'image/png', size: 0 })).toEqual({ refusal: expect.stringContaining('empty') });
    expect(judgeFile({ name: 'a.png', type: 'image/png', size: 64 * 2 ** 20 })).toHaveProperty('kind', 'image');
    expect(judgeFile({ name: 'a.png', type: 'image/png', size: 64 * 2 ** 20 + 1 })).toEqual({ refusal: expect.stringContaining('pictures may have up to 64 MB') });
    expect(judgeFile({ name: 'a.mp4', type: 'video/mp4', size: 3 * 2 ** 30 })).toEqual({ refusal: expect.stringContaining('videos may have up to 2 GB') });
  });

  test('formats that people try get advice of their own', () => {
    expect(judgeFile({ name: 'a.pdf', type: 'application/pdf', size: 9 })).toEqual({ refusal: expect.stringContaining('Export the page') });
    expect(judgeFile({ name: 'a.svg', type: 'image/svg+xml', size: 9 })).toEqual({ refusal: expect.stringContaining('Export it as PNG') });
  });
});

describe('live progress', () => {
  test('only a newer message of the same asset replaces the last', () => {
    const seen = takeMessage(new Map(), message(4));
    expect(takeMessage(seen, message(4))).toBe(seen);
    expect(takeMessage(seen, message(3))).toBe(seen);
    expect(takeMessage(seen, message(5)).get('ast_1')?.sequence).toBe(5);
    expect(takeMessage(seen, { ...message(1), assetId: 'ast_2' }).size).toBe(2);
  });

  test('the further of document and message is shown, so that progress never falls', () => {
    const document = { ...asset, progress: { step: 'transcode' as const, fraction: 0.5 } };
    const behind = message(1, { progress: { step: 'check', fraction: 0.1 } });
    const ahead = message(2, { progress: { step: 'transcode', fraction: 0.62 } });
    expect(withLiveProgress(document, behind).progress?.fraction).toBe(0.5);
    expect(withLiveProgress(document, ahead).progress?.fraction).toBe(0.62);
  });

  test('a late message does not take a ready asset back to work', () => {
    const ready: Asset = { ...asset, status: 'ready' };
    expect(withLiveProgress(ready, message(9, { progress: { step: 'check', fraction: 0 } }))).toBe(ready);
  });

  test('ready is shown when the document with the renditions is here, and not before', () => {
    expect(withLiveProgress(asset, message(9, { status: 'ready' }))).toMatchObject({ status: 'processing', progress: { fraction: 1 } });
  });

  test('a failure is shown at once, with its reason', () => {
    const failure = { code: 'video.truncated', message: 'It breaks off.' };
    expect(withLiveProgress(asset, message(9, { status: 'failed', failure }))).toMatchObject({ status: 'failed', failure });
  });
});

describe('words', () => {
  test('a step is named for its kind of file, with whole percent', () => {
    expect(statusWords({ kind: 'video', status: 'processing', progress: { step: 'transcode', fraction: 0.629 } })).toEqual({ label: 'Transcoding', percent: 62 });
    expect(statusWords({ kind: 'image', status: 'processing', progress: { step: 'render', fraction: 0 } })).toEqual({ label: 'Making sizes', percent: 0 });
    expect(statusWords({ kind: 'image', status: 'processing' })).toEqual({ label: 'Starting', percent: null });
  });

  test('a step that a newer server invents is still work', () => {
    const progress = { step: 'sharpen' as never, fraction: 0.2 };
    expect(statusWords({ kind: 'image', status: 'processing', progress })).toEqual({ label: 'Working on it', percent: 20 });
  });

  test('sizes, lengths and times read as people say them', () => {
    expect([0, 840, 1024 * 840, 13_002_342, 2 ** 31].map(bytesInWords)).toEqual(['0 bytes', '840 bytes', '840 KB', '12.4 MB', '2 GB']);
    expect([9.4, 125, 3723].map(clock)).toEqual(['0:09', '2:05', '1:02:03']);
    expect([2, 33, 58, 170].map(remainingInWords)).toEqual(['a few seconds', '40 seconds', 'a minute', '3 minutes']);
    const now = Date.parse('2026-03-10T12:00:00Z');
    expect(['2026-03-10T11:59:30Z', '2026-03-10T11:55:00Z', '2026-03-09T11:00:00Z', '2026-01-02T12:00:00Z'].map((time) => ago(time, now))).toEqual([
      'just now',
      '5 minutes ago',
      'yesterday',
      'Jan 2, 2026',
    ]);
  });

  test('speed is that of the last seconds, not of the whole upload', () => {
    const speed = createSpeedometer(4_000);
    expect(speed(0, 0)).toBeNull();
    expect(speed(1_000, 1_000)).toBe(1_000);
    for (let second = 2; second <= 10; second++) speed(1_000 + (second - 1) * 5_000, second * 1_000);
    expect(speed(51_000, 11_000)).toBe(5_000);
  });
});

describe('problems', () => {
  test('field errors, detail and trace id come out of a problem document', async () => {
    const body = { type: 'x', title: 'Invalid', status: 400, code: 'request.invalid_fields', traceId: 't1', errors: { name: ['Too long.', 'Odd.'] } };
    const error = await readProblem(new Response(JSON.stringify(body), { status: 400 }));
    expect(error.fieldErrors).toEqual({ name: 'Too long.' });
    expect(error.problem.traceId).toBe('t1');
  });

  test("a proxy's page becomes a problem that can be shown", async () => {
    const error = await readProblem(new Response('<html>Bad gateway</html>', { status: 502 }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error.problem).toMatchObject({ status: 502, title: 'Something went wrong on our side' });
  });
});

describe('the API client', () => {
  const client = (answers: (() => Response)[], refresh: () => Promise<boolean>) => {
    const sent: { path: string; headers: Headers }[] = [];
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      sent.push({ path, headers: new Headers(init.headers) });
      return answers.shift()!();
    });
    let token = 'old';
    const api = createApiClient({ token: () => token, refresh: async () => (token = 'new') && (await refresh()) });
    return { api, sent };
  };
  const expired = () => new Response('{}', { status: 401 });

  test('an expired token is refreshed once, and a create keeps its idempotency key', async () => {
    const { api, sent } = client([expired, () => Response.json({ id: 'prj_1' }, { status: 201 })], async () => true);
    await expect(api('/projects', { method: 'POST', body: { name: 'A' } })).resolves.toEqual({ id: 'prj_1' });
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer old', 'Bearer new']);
    expect(sent[0]!.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent[1]!.headers.get('idempotency-key')).toBe(sent[0]!.headers.get('idempotency-key'));
  });

  test('a token refused even after the refresh ends as an error, not in a loop', async () => {
    const { api, sent } = client([expired, expired], async () => true);
    await expect(api('/me')).rejects.toMatchObject({ status: 401 });
    expect(sent).toHaveLength(2);
  });

  test('no answer at all is told apart from a refusal', async () => {
    const { api } = client([() => { throw new TypeError('Failed to fetch'); }], async () => true);
    await expect(api('/me')).rejects.toMatchObject({ status: 0, problem: { code: 'unreachable' } });
  });
});

describe('deletions that can be taken back', () => {
  const deletion = (commit: (leaving: boolean) => Promise<void>, onFailure = () => {}) => ({ key: 'project:1', commit, onFailure });

  test('an undone deletion is never sent', async () => {
    vi.useFakeTimers();
    const commit = vi.fn(async () => {});
    const deletions = createPendingDeletions(6_000);
    deletions.begin(deletion(commit));
    expect(deletions.hidden.get().has('project:1')).toBe(true);
    vi.advanceTimersByTime(5_999);
    expect(deletions.undo('project:1')).toBe(true);
    await vi.runAllTimersAsync();
    expect(commit).not.toHaveBeenCalled();
    expect(deletions.hidden.get().has('project:1')).toBe(false);
    vi.useRealTimers();
  });

  test('it is sent once when the time is up, and then can no longer be undone', async () => {
    vi.useFakeTimers();
    const commit = vi.fn(async () => {});
    const deletions = createPendingDeletions(6_000);
    deletions.begin(deletion(commit));
    await vi.advanceTimersByTimeAsync(6_000);
    await deletions.commitAll(true);
    expect(commit.mock.calls).toEqual([[false]]);
    expect(deletions.undo('project:1')).toBe(false);
    vi.useRealTimers();
  });

  test('leaving the page sends what still waits', async () => {
    const commit = vi.fn(async () => {});
    const deletions = createPendingDeletions(6_000);
    deletions.begin(deletion(commit));
    await deletions.commitAll(true);
    expect(commit.mock.calls).toEqual([[true]]);
  });

  test('a refused deletion brings the thing back and says so', async () => {
    const onFailure = vi.fn();
    const deletions = createPendingDeletions(6_000);
    deletions.begin(deletion(async () => Promise.reject(new Error('in use')), onFailure));
    await deletions.commitAll(false);
    expect(deletions.hidden.get().size).toBe(0);
    expect(onFailure).toHaveBeenCalledOnce();
  });
});
