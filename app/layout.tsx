import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { DENSITY_COOKIE, readDensity, readTheme, THEME_COOKIE } from '#lib/client/appearance.ts';
import { inter, jetbrainsMono } from './fonts.ts';
import './globals.css';

export const metadata: Metadata = { title: { default: 'Canvas', template: '%s · Canvas' }, description: 'Your agents, live on one page.' };
export const viewport: Viewport = { width: 'device-width', initialScale: 1, colorScheme: 'light dark' };

/** Theme and density come from cookies, so that the first byte already has them and no script must run to avoid a flash. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  const jar = await cookies();
  const theme = readTheme(jar.get(THEME_COOKIE)?.value);
  const density = readDensity(jar.get(DENSITY_COOKIE)?.value);
  return (
    <html
      lang="en"
      className={`${inter.variable} ${jetbrainsMono.variable}`}
      {...(theme === 'system' ? {} : { 'data-theme': theme })}
      data-density={density}
      suppressHydrationWarning
    >
      <body>{children}</body>
    </html>
  );
}
