import { expect, it } from 'vitest';

import { HOUSE_RULE_CASES } from './house-rule-cases.ts';
import { lintPlanted } from './planted-project.ts';

const NEIGHBOUR = {
  'lib/contract/neighbour.ts': 'export const neighbour = 1;\nexport type A = 1;',
  'lib/contract/a.ts': 'export type A = 1;',
};

it.each(HOUSE_RULE_CASES)('$rule refuses $refused.code', ({ rule, refused }) => {
  expect(brokenIn(refused)).toContain(rule);
});

it.each(HOUSE_RULE_CASES)('$rule accepts $accepted.code', ({ rule, accepted }) => {
  expect(brokenIn(accepted)).not.toContain(rule);
});

/** The rules that a planted file breaks; those of our own carry their name at the start of their message. */
function brokenIn({ file, code }: { file: string; code: string }): string[] {
  const violations = lintPlanted({ ...NEIGHBOUR, [file]: `${code}\n` }).filter((violation) => violation.file === file);
  return violations.map(({ rule, message }) => (rule === 'plugin' ? message.slice(0, message.indexOf(':')) : rule));
}
