export type DesktopClient = 'claude' | 'codex' | 'cursor' | 'vscode';

export const DESKTOP_CLIENTS: readonly { client: DesktopClient; label: string }[] = [
  { client: 'claude', label: 'Claude Code' },
  { client: 'codex', label: 'Codex' },
  { client: 'cursor', label: 'Cursor' },
  { client: 'vscode', label: 'VS Code' },
];

/** Where to put the text, and how it reads. */
export interface DesktopCommand {
  text: string;
  /** Null: it is run in a shell, in the folder of Canvas. */
  file: string | null;
}

/** Stands for the folder of Canvas where no shell puts it in. */
export const FOLDER_PLACEHOLDER = '/path/to/canvas';

/**
 * What makes a desktop agent start `canvas-workspace mcp`. Clients start it in folders of their own, so that its path is
 * absolute: a shell fills it in. The join code stays in the client's settings and is used up by the first start.
 */
export function desktopCommand(client: DesktopClient, place: { publicUrl: string; id: string; joinCode: string }): DesktopCommand {
  const tail = ['mcp', '--platform', place.publicUrl, '--id', place.id, '--join', place.joinCode];
  const inShell = `node "$PWD/dist/workspace.js" mcp \\\n  --platform ${place.publicUrl} \\\n  --id ${place.id} \\\n  --join ${place.joinCode}`;
  const server = (folder: string) => ({ command: 'node', args: [`${folder}/dist/workspace.js`, ...tail] });
  switch (client) {
    case 'claude':
      return { text: `claude mcp add --scope user canvas -- ${inShell}`, file: null };
    case 'codex':
      return { text: `codex mcp add canvas -- ${inShell}`, file: null };
    case 'cursor':
      return { text: JSON.stringify({ mcpServers: { canvas: server(FOLDER_PLACEHOLDER) } }, null, 2), file: '~/.cursor/mcp.json' };
    case 'vscode': {
      const json = JSON.stringify({ name: 'canvas', type: 'stdio', ...server('$PWD') });
      return { text: `code --add-mcp "${json.replace(/"/g, '\\"')}"`, file: null };
    }
  }
}
