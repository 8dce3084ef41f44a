import { plainText } from '#components/ui/plain-text.ts';
import { Panel } from './panel.tsx';

type AgentCard = Record<string, unknown>;

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? plainText(value) : null;
}

/** JSON in which what would turn or hide other text is written as its escape: still the same value. */
function visibleJson(value: AgentCard): string {
  const escapes = (hidden: string) =>
    Array.from({ length: hidden.length }, (_, i) => `\\u${hidden.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
  return JSON.stringify(value, null, 2).replace(/\p{Cf}|[\u007f-\u009f\p{Zl}\p{Zp}]/gu, escapes);
}

function recordsOf(value: unknown): AgentCard[] {
  return Array.isArray(value) ? value.filter((item): item is AgentCard => typeof item === 'object' && item !== null) : [];
}

/** What the agent says of itself (A2A). All of it is its own text: shown, never followed. */
export function AgentCardPanel({ agentCard }: { agentCard: AgentCard | null }) {
  if (agentCard === null) {
    return (
      <Panel id="agent-card" title="Agent card">
        <p className="text-sm text-faint">None yet. A runtime sends it when it registers.</p>
      </Panel>
    );
  }
  const name = textOf(agentCard['name']);
  const version = textOf(agentCard['version']);
  const description = textOf(agentCard['description']);
  const skills = recordsOf(agentCard['skills']);
  return (
    <Panel id="agent-card" title="Agent card" note={[name, version].filter((part) => part !== null).join(' ')}>
      {description !== null && (
        <p className="text-sm wrap-anywhere text-soft" dir="auto">
          {description}
        </p>
      )}
      {skills.length > 0 && (
        <ul className="grid gap-2">
          {skills.slice(0, 50).map((skill, i) => (
            <li key={textOf(skill['id']) ?? i} className="grid text-sm" dir="auto">
              <span className="font-medium wrap-anywhere">{textOf(skill['name']) ?? textOf(skill['id']) ?? 'A skill without a name'}</span>
              <span className="wrap-anywhere text-soft">{textOf(skill['description'])}</span>
            </li>
          ))}
        </ul>
      )}
      <details className="text-sm">
        <summary className="text-soft hover:text-text">As it was sent</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <pre tabIndex={0} className="mt-2 max-h-80 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs leading-5">
          {visibleJson(agentCard)}
        </pre>
      </details>
    </Panel>
  );
}
