/** One rule of the whole house: what it refuses and the nearest thing that it lets pass. */
export interface HouseRuleCase {
  rule: string;
  refused: { file: string; code: string };
  accepted: { file: string; code: string };
}

const PROCESS_ENV = 'export const port = process.env.PORT;';
const DEFAULT = 'export default function page() {\n  return null;\n}';
const CONSOLE = "console.error('x');\nexport const a = 1;";

export const HOUSE_RULE_CASES: HouseRuleCase[] = [
  same('noDefaultExport', 'lib/platform/default-export.ts', DEFAULT, 'app/default-export.tsx'),
  same('noProcessEnv', 'lib/platform/reads-env.ts', PROCESS_ENV, 'lib/env.ts'),
  same('noProcessEnv', 'lib/main.ts', PROCESS_ENV, 'lib/runtime/main.ts'),
  same('noProcessEnv', 'lib/cli/status.ts', PROCESS_ENV, 'lib/cli/main.ts'),
  same('noConsole', 'lib/store/prints.ts', CONSOLE, 'scripts/prints.js'),
  same('useFilenamingConvention', 'lib/store/openStore.ts', 'export const a = 1;', 'lib/store/open-shop.ts'),
  code('noExplicitAny', 'export const a: any = 1;', 'export const a: unknown = 1;'),
  code('noTsIgnore', '// @ts-ignore\nexport const a: string = 1;', "export const a: string = '1';"),
  code('noEnum', 'export enum Colour {\n  Red,\n}', "export type Colour = 'red';"),
  code('noParameterProperties', 'export class A {\n  constructor(readonly a: string) {}\n}', 'export class A {\n  readonly a = 1;\n}'),
  code('noNonNullAssertion', 'export const a = (b: string[]) => b[0]!;', 'export const a = (b: string[]) => b[0];'),
  code(
    'useImportType',
    "import { type A } from './a.ts';\nexport const a: A | null = null;",
    "import type { A } from './a.ts';\nexport const a: A | null = null;",
  ),
  code(
    'useImportExtensions',
    "import { neighbour } from './neighbour';\nexport const a = neighbour;",
    "import { neighbour } from './neighbour.ts';\nexport const a = neighbour;",
  ),
  code(
    'noBarrelFile',
    "export { neighbour } from './neighbour.ts';",
    "import { neighbour } from './neighbour.ts';\nexport const a = neighbour;",
  ),
  code('noReExportAll', "export * from './neighbour.ts';", 'export const a = 1;'),
  code('noUndeclaredDependencies', "import a from 'left-pad';\nexport const b = a;", "import { z } from 'zod';\nexport const b = z;"),
  code(
    'noUnusedImports',
    "import { neighbour } from './neighbour.ts';\nexport const a = 1;",
    "import { neighbour } from './neighbour.ts';\nexport const a = neighbour;",
  ),
  code('noExcessiveLinesPerFile', lines(301), lines(299)),
  test('noFocusedTests', "it.only('a', () => {});", "it('a', () => {});"),
  test('noSkippedTests', "it.skip('a', () => {});", "it('a', () => {});"),
  {
    rule: 'noDangerouslySetInnerHtml',
    refused: {
      file: 'components/ui/raw.tsx',
      code: 'export const Raw = ({ html }: { html: string }) => <p dangerouslySetInnerHTML={{ __html: html }} />;',
    },
    accepted: { file: 'components/ui/plain.tsx', code: 'export const Plain = ({ text }: { text: string }) => <p>{text}</p>;' },
  },
  ...['Date.now()', 'Math.random()', 'new Date()', 'Date()'].map((impure) => ({
    rule: 'pure-domain',
    refused: { file: 'lib/domain/reads-clock.ts', code: `export const a = ${impure};` },
    accepted: { file: 'lib/domain/takes-time.ts', code: 'export const a = (at: number) => new Date(at).toISOString();' },
  })),
  ...['fetch', 'setTimeout', 'crypto', 'performance', 'process', 'document'].map((name) => ({
    rule: 'noRestrictedGlobals',
    refused: { file: 'lib/domain/uses-global.ts', code: `export const a = ${name};` },
    accepted: { file: 'lib/platform/uses-global.ts', code: `export const a = ${name};` },
  })),
  {
    rule: 'types-only',
    refused: { file: 'lib/context.ts', code: "import { neighbour } from '#lib/contract/neighbour.ts';\nexport const a = neighbour;" },
    accepted: { file: 'lib/context.ts', code: "import type { A } from '#lib/contract/neighbour.ts';\nexport const a: A | null = null;" },
  },
];

/** The same code is refused in one file and accepted in another. */
function same(rule: string, refusedFile: string, text: string, acceptedFile: string): HouseRuleCase {
  return { rule, refused: { file: refusedFile, code: text }, accepted: { file: acceptedFile, code: text } };
}

function code(rule: string, refused: string, accepted: string): HouseRuleCase {
  return {
    rule,
    refused: { file: 'lib/contract/planted.ts', code: refused },
    accepted: { file: 'lib/contract/planted.ts', code: accepted },
  };
}

function test(rule: string, refused: string, accepted: string): HouseRuleCase {
  const file = 'lib/contract/planted.test.ts';
  const start = "import { it } from 'vitest';\n";
  return { rule, refused: { file, code: start + refused }, accepted: { file, code: start + accepted } };
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => `export const line${n} = ${n};`).join('\n');
}
