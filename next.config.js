/** Plain JavaScript: a TypeScript one would make the production start need the compiler. @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // Next compresses per connection, which delays streams by seconds; lib/http compresses what is worth it.
  compress: false,
  productionBrowserSourceMaps: false,
  images: { unoptimized: true },
  // The tests run tsc over everything; a build does not repeat it.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
};

export default config;
