/** One line of the table: what was promised, what was measured. */
export interface Figure {
  measure: string;
  target: string;
  figure: string;
  /** Null: a figure without a promise, or one that this machine cannot give (the figure says why). */
  ok: boolean | null;
  /** The bare numbers behind it, for `--json`. */
  numbers: Record<string, number>;
}

export interface BenchOptions {
  /** Shorter runs: to see that everything works, not to quote. */
  quick: boolean;
  /** Progress, one line at a time. */
  say: (line: string) => void;
}

export type Measure = (options: BenchOptions) => Promise<Figure[]>;

export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ measure, target, figure, ok }) => [measure, target, figure, ok === null ? '' : ok ? 'ok' : 'missed']);
  const table = [['Measure', 'Target', 'Figure', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(3, ...table.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = table;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
