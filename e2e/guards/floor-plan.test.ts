import { expect, it } from 'vitest';

import { ROOM_CASES, type RoomCase } from './floor-plan-cases.ts';
import { lintPlanted } from './planted-project.ts';

it.each(ROOM_CASES)('$file: the floor plan refuses what it must, by name, and nothing else', (room) => {
  const imports = [...room.refused, ...room.accepted];
  const refused = refusedLines(
    room,
    imports.map((specifier) => `import '${specifier}';`),
  );
  expect(refused.map((line) => imports[line - 1])).toEqual(room.refused);
});

it('refuses an import in each of its spellings', () => {
  const spellings = [
    "import { a } from '#lib/store/x.ts';",
    "import type { B } from '#lib/store/x.ts';",
    "export { c } from '#lib/store/x.ts';",
    "export * from '#lib/store/x.ts';",
    "export const d = import('#lib/store/x.ts');",
    "import '#lib/contract/../store/x.ts';",
  ];
  const room = { file: 'lib/domain/planted.ts', named: 'floor-plan: domain may import', refused: [], accepted: [] };
  expect(refusedLines(room, spellings)).toEqual(spellings.map((_, index) => index + 1));
});

it('refuses a cycle of imports, through #lib too', () => {
  const violations = lintPlanted({
    'lib/domain/a.ts': "import { b } from '#lib/domain/b.ts';\nexport const a = () => b;",
    'lib/domain/b.ts': "import { a } from './a.ts';\nexport const b = () => a;",
    'lib/domain/c.ts': "import { a } from './a.ts';\nexport const c = a;",
  });
  const cycles = violations.filter(({ rule }) => rule === 'noImportCycles').map(({ file }) => file);
  expect(cycles.sort()).toEqual(['lib/domain/a.ts', 'lib/domain/b.ts']);
});

function refusedLines(room: RoomCase, lines: string[]): number[] {
  const violations = lintPlanted({ [room.file]: lines.join('\n') });
  const named = violations.filter(({ rule, message }) => rule === 'noRestrictedImports' && message.startsWith('floor-plan: '));
  for (const { message } of named) expect(message).toContain(room.named);
  return [...new Set(named.map(({ line }) => line))].sort((a, b) => a - b);
}
