'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/** Which request of the trace is looked at, and whether as a list: `/traces/…?span=…&view=list`. */
export function useTracePlace() {
  const params = useSearchParams();
  const change = useCallback((name: 'span' | 'view', value: string | null) => {
    const next = new URLSearchParams(location.search);
    if (value === null) next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    history.replaceState(null, '', `${location.pathname}${text === '' ? '' : `?${text}`}`);
  }, []);
  return { span: params.get('span'), list: params.get('view') === 'list', change };
}
