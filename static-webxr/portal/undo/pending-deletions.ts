import { createStore } from '../state/store.ts';

export interface Deletion {
  /** What is being deleted, unique across kinds: `project:…`. */
  key: string;
  /** Carries it out; `leaving` asks for a request that outlives the page. */
  commit(leaving: boolean): Promise<void>;
  onFailure(error: unknown): void;
}

const graceMs = 6_000;

/**
 * Deletions that people can still take back. A key in `hidden` is not shown; the server hears of it after the grace
 * period, or at once when the page is left. The key stays hidden after the commit, as the thing is gone then.
 */
export function createPendingDeletions(delayMs = graceMs) {
  const hidden = createStore<ReadonlySet<string>>(new Set());
  const waiting = new Map<string, { deletion: Deletion; timer: ReturnType<typeof setTimeout> }>();

  function show(key: string): void {
    hidden.set((keys) => new Set([...keys].filter((each) => each !== key)));
  }

  async function commit(key: string, leaving: boolean): Promise<void> {
    const entry = waiting.get(key);
    if (!entry) return;
    waiting.delete(key);
    clearTimeout(entry.timer);
    try {
      await entry.deletion.commit(leaving);
    } catch (error) {
      show(key);
      entry.deletion.onFailure(error);
    }
  }

  return {
    hidden,
    /** How long an undo stays on offer. */
    delayMs,
    begin(deletion: Deletion): void {
      hidden.set((keys) => new Set(keys).add(deletion.key));
      waiting.set(deletion.key, { deletion, timer: setTimeout(() => void commit(deletion.key, false), delayMs) });
    },
    /** False when it is too late. */
    undo(key: string): boolean {
      const entry = waiting.get(key);
      if (!entry) return false;
      clearTimeout(entry.timer);
      waiting.delete(key);
      show(key);
      return true;
    },
    async commitAll(leaving: boolean): Promise<void> {
      await Promise.all([...waiting.keys()].map((key) => commit(key, leaving)));
    },
  };
}
