'use client';

import { createContext, type ReactNode, use } from 'react';

/** What this Canvas is, as far as pages must know. */
export interface Place {
  canProvision: boolean;
  /** The address to put in commands that a person pastes elsewhere. */
  publicUrl: string;
  /** Whether people sign in here; else whoever sits at this machine is the operator. */
  signIn: boolean;
  /** Who is signed in; null where nobody has to. */
  person: string | null;
  /** How many incidents that need a person are unread, when the page was rendered. */
  unread: number;
  version: string;
}

const PlaceContext = createContext<Place | null>(null);

export function PlaceProvider({ place, children }: { place: Place; children: ReactNode }) {
  return <PlaceContext value={place}>{children}</PlaceContext>;
}

export function usePlace(): Place {
  const place = use(PlaceContext);
  if (place === null) throw new Error('usePlace is for components inside PlaceProvider');
  return place;
}
