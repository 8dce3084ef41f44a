'use client';

import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { Banner } from './banner-of.ts';

export function BannerText({ banner }: { banner: Banner }) {
  return (
    <>
      {plainText(banner.text)}
      {banner.at !== undefined && (
        <>
          {' '}
          <LocalTime at={banner.at} />
        </>
      )}
    </>
  );
}
