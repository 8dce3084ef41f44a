const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function formatCount(value: number): string {
  return count.format(value);
}

/** A share of one as "61 %"; one that is not zero never reads as "0 %". */
export function formatShare(share: number): string {
  return share > 0 && share < 0.01 ? '< 1 %' : `${count.format(share * 100)} %`;
}
