'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { createInboxActions, type InboxActions } from '#lib/client/inbox-actions.ts';

export function useInboxActions(): InboxActions {
  const client = useQueryClient();
  return useMemo(() => createInboxActions(client), [client]);
}
