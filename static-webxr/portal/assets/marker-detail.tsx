import { Group, List, Paper, Progress, RingProgress, Stack, Text, Title } from '@mantine/core';
import { IconBulb } from '@tabler/icons-react';
import type { Marker } from '../../shared/api.ts';
import { verdictOf } from './marker-verdict.ts';

/** How surely cameras will find a picture, why, and what would help. */
export function MarkerDetail(props: { marker: Marker }) {
  const { quality, advice } = props.marker;
  const verdict = verdictOf(quality.score);
  return (
    <Paper component="section" withBorder radius="lg" p="md" aria-labelledby="marker-heading">
      <Group wrap="nowrap" gap="md" align="center">
        <RingProgress
          size={104}
          thickness={9}
          roundCaps
          sections={[{ value: quality.score, color: verdict.color }]}
          rootColor="var(--portico-sunken)"
          role="img"
          aria-label={`Quality ${quality.score} of 100`}
          label={
            <Text ta="center" fz={26} fw={650} lh={1} aria-hidden>
              {quality.score}
            </Text>
          }
        />
        <div>
          <Title order={3} id="marker-heading">
            {verdict.label} to recognise
          </Title>
          <Text size="sm" c="dimmed">
            {verdict.meaning}
          </Text>
        </div>
      </Group>
      <Stack gap="sm" mt="md" component="dl" m={0}>
        {quality.parts.map((part) => (
          <div key={part.name}>
            <Group component="dt" justify="space-between" gap="xs">
              <Text component="span" size="sm" fw={550} className="sentence">
                {part.name}
              </Text>
              <Text component="span" size="sm" c="dimmed" className="figures">
                {part.score}
              </Text>
            </Group>
            <dd className="marker-part">
              <Progress value={part.score} size={5} color={verdictOf(part.score).color} aria-hidden my={4} />
              <Text size="sm" c="dimmed">
                {part.explanation}
              </Text>
            </dd>
          </div>
        ))}
      </Stack>
      {advice.length > 0 && (
        <div className="marker-advice">
          <Text size="sm" fw={600} mb={4} className="with-icon">
            <IconBulb size={16} aria-hidden /> What would help
          </Text>
          <List size="sm" spacing={4}>
            {advice.map(({ code, text }) => (
              <List.Item key={code + text}>{text}</List.Item>
            ))}
          </List>
        </div>
      )}
    </Paper>
  );
}
