import { VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Asset } from '../../shared/api.ts';

/** Tells screen readers when a file has become ready or has failed; percentages would only be noise. */
export function Announcer(props: { assets: Asset[] | undefined }) {
  const [news, setNews] = useState('');
  const known = useRef(new Map<string, Asset['status']>());
  useEffect(() => {
    for (const asset of props.assets ?? []) {
      const before = known.current.get(asset.id);
      known.current.set(asset.id, asset.status);
      if (before === undefined || before === asset.status) continue;
      if (asset.status === 'ready') setNews(`${asset.name} is ready.`);
      if (asset.status === 'failed') setNews(`${asset.name} couldn’t be used. ${asset.failure?.message ?? ''}`);
    }
  }, [props.assets]);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {news}
    </VisuallyHidden>
  );
}
