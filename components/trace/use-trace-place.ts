'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useState } from 'react';

/**
 * Which request of the trace is looked at, and whether as a list: `/traces/…?span=…&view=list`. The address follows: keys
 * are pressed faster than it changes.
 */
export function useTracePlace() {
  const params = useSearchParams();
  const [span, setSpan] = useState(params.get('span'));
  const change = useCallback((name: 'span' | 'view', value: string | null) => {
    if (name === 'span') setSpan(value);
    const next = new URLSearchParams(location.search);
    if (value === null) next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    history.replaceState(null, '', `${location.pathname}${text === '' ? '' : `?${text}`}`);
  }, []);
  return { span, list: params.get('view') === 'list', change };
}
