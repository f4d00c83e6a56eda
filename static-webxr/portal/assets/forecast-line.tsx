import { Badge, Text } from '@mantine/core';
import { verdictOf } from './marker-verdict.ts';
import { useForecast } from './picture-forecasts.ts';

/** How surely phones will find a picture, said while it is still on its way. */
export function ForecastLine(props: { id: string }) {
  const forecast = useForecast(props.id);
  if (!forecast || forecast.state === 'unreadable') return null;
  if (forecast.state === 'looking')
    return (
      <Text size="sm" c="dimmed" mt={6}>
        Judging the picture …
      </Text>
    );
  const verdict = verdictOf(forecast.score);
  const [first] = forecast.advice;
  return (
    <div className="forecast" data-score={forecast.score}>
      <Badge variant="dot" color={verdict.color} tt="none" fw={500} size="md" className="quality-badge">
        Looks {verdict.label.toLowerCase()} · {forecast.score}
      </Badge>
      {first && (
        <Text size="xs" c="dimmed">
          {first.text}
        </Text>
      )}
    </div>
  );
}
