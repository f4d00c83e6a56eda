import { Title, VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation } from 'react-router';

/**
 * The page's `h1` and its tab title. After a navigation it takes the focus, so that keyboards and screen readers
 * start at the top of what is new; on a fresh load the browser's own order is left alone, and so is a field that
 * already waits for input.
 */
export function PageHeading(props: { title: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key } = useLocation();
  const navigated = useRef(key !== 'default');
  useEffect(() => {
    const waiting = document.activeElement instanceof HTMLInputElement;
    if (navigated.current && !waiting) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <title>{`${props.title} · Portico`}</title>
      <Title ref={heading} order={1} tabIndex={-1} className="page-heading">
        {props.children ?? props.title}
        {props.children !== undefined && typeof props.children !== 'string' && <VisuallyHidden>{props.title}</VisuallyHidden>}
      </Title>
    </>
  );
}
