import type { Problem } from '../../shared/api.ts';

/** An answer that is not a success, with what the server said about it (RFC 9457), or a stand-in when it said nothing. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }

  get status(): number {
    return this.problem.status;
  }

  /** The first message per field, ready for a form's inline errors. */
  get fieldErrors(): Record<string, string> {
    const entries = Object.entries(this.problem.errors ?? {});
    return Object.fromEntries(entries.flatMap(([field, messages]) => (messages[0] ? [[field, messages[0]]] : [])));
  }
}

/** Reads the problem out of a failed response; never throws, because a proxy's HTML page is no problem document. */
export async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  return new ApiError(isProblem(body) ? { ...body, status: response.status } : standIn(response.status));
}

/** No answer at all: offline, DNS, a refused connection. Status 0, so that callers can tell it from a server's refusal. */
export function unreachable(): ApiError {
  return new ApiError({
    type: 'about:blank',
    title: 'Portico can’t be reached',
    detail: 'Check your connection. Nothing you did is lost.',
    status: 0,
    code: 'unreachable',
  });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && typeof (body as Problem).title === 'string';
}

function standIn(status: number): Problem {
  const [title, detail] =
    status === 404
      ? ['Not found', 'It may have been deleted, or the address is wrong.']
      : status === 429
        ? ['Too many requests', 'Please wait a moment and try again.']
        : status >= 500
          ? ['Something went wrong on our side', 'Please try again in a moment.']
          : ['That didn’t work', `The server answered ${status}.`];
  return { type: 'about:blank', title, detail, status, code: `http-${status}` };
}
