import { useState } from 'react';
import { ApiError } from '../api/problem.ts';

/** Submits a form that opens a session, and says what to show when it is refused. */
export function useEntry(onFields: (errors: Record<string, string>) => void) {
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);

  async function enter(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    setRefusal(null);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      onFields(error.fieldErrors);
      if (Object.keys(error.fieldErrors).length === 0) setRefusal(error);
    } finally {
      setBusy(false);
    }
  }

  return { refusal, busy, enter };
}
