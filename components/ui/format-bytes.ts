const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A size as "640 B", "14 KB" or "1.2 MB", of a thousand each. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${number.format(bytes)} B`;
  if (bytes < 999_500) return `${number.format(Math.round(bytes / 1000))} KB`;
  return `${number.format(bytes / 1_000_000)} MB`;
}
