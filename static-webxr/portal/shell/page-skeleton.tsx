import { SimpleGrid, Skeleton, Stack, VisuallyHidden } from '@mantine/core';

/** What a page looks like before anything of it is known. */
export function PageSkeleton() {
  return (
    <Stack gap="xl" role="status">
      <VisuallyHidden>Loading</VisuallyHidden>
      <Skeleton h={34} w="min(320px, 60%)" />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        {[0, 1, 2].map((index) => (
          <Skeleton key={index} h={210} radius="lg" />
        ))}
      </SimpleGrid>
    </Stack>
  );
}
