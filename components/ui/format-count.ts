const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export function formatCount(value: number): string {
  return count.format(value);
}

/** A count that stays short: in full up to five digits, then as "1.2M". */
export function formatShort(value: number): string {
  return (value < 100_000 ? count : short).format(value);
}

/** A share of one as "61 %"; one that is not zero never reads as "0 %". */
export function formatShare(share: number): string {
  return share > 0 && share < 0.01 ? '< 1 %' : `${count.format(share * 100)} %`;
}
