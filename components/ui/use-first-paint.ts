import { useEffect, useState } from 'react';

/**
 * What the server sent along, for the first paint; null after it. A query that is built anew later, because nobody looked
 * at it for a while, would take it for news.
 */
export function useFirstPaint<T>(sent: T | null): T | null {
  const [first, setFirst] = useState(sent);
  useEffect(() => setFirst(null), []);
  return first;
}
