import { Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { Asset, Link } from '../../shared/api.ts';

/** The way from an empty project to its first link, and how far one has come; gone once there is a link. */
export function NextSteps(props: { assets: Asset[] | undefined; links: Link[] | undefined }) {
  const { assets, links } = props;
  if (!assets || !links || links.length > 0) return null;
  const has = (kind: Asset['kind']) => assets.some((asset) => asset.kind === kind && asset.status !== 'failed');
  const steps = [
    { text: 'Upload a picture', done: has('image') },
    { text: 'Upload a video', done: has('video') },
    { text: 'Create the link', done: false },
  ];
  const current = steps.findIndex((step) => !step.done);
  return (
    <ol className="next-steps" aria-label="Steps to your first link">
      {steps.map((step, index) => (
        <li key={step.text} data-done={step.done || undefined} aria-current={index === current ? 'step' : undefined}>
          <span className="next-steps-mark" aria-hidden>
            {step.done ? <IconCheck size={14} stroke={2.6} /> : index + 1}
          </span>
          <Text component="span" size="sm" fw={index === current ? 600 : 450}>
            {step.text}
            {step.done && <span className="visually-hidden"> (done)</span>}
          </Text>
        </li>
      ))}
    </ol>
  );
}
