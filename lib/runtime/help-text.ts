import { COMMAND_PRESETS, SAMPLE_ROLES } from './config-schema.ts';

export const HELP = `canvas-workspace: connects an agent to Canvas

  canvas-workspace --platform URL --id ID --join CODE -- claude
  canvas-workspace --platform URL --id ID -- ./my-agent --flag      (prompt on stdin, answer on stdout)
  canvas-workspace --platform URL --id ID --agent-url http://127.0.0.1:9000/ask
  canvas-workspace --config FILE
  canvas-workspace mcp --platform URL --id ID --join CODE
                         (started by an MCP client: its tools over stdin and stdout, and a heartbeat while it lives)

Where to connect
  -p, --platform URL      address of Canvas                              PLATFORM_URL
      --id ID             the workspace, as its page shows it            WORKSPACE_ID
      --join CODE         one-time join code, for the first start; the token
                          it earns is kept in the folder                 CANVAS_JOIN_CODE

Which agent (one of)
  -- PROGRAM [ARGS…]      a program that answers one prompt a run; known by name: ${COMMAND_PRESETS.join(', ')}
      --agent-url URL     a service that answers POST {"text","context_id"}
      --sample ROLE       ${SAMPLE_ROLES.join(', ')}

How
  -c, --config FILE       YAML or JSON; default: canvas-workspace.yaml in the folder, when it exists
      --folder DIR        keeps token and sessions; default ~/.canvas-workspace/ID   CANVAS_WORKSPACE_FOLDER
      --name NAME         shown on the agent card                        CANVAS_WORKSPACE_NAME
      --interval SECONDS  between heartbeats, 5 to 300, default 30       CANVAS_INTERVAL_SECONDS
      --host, --port      where the agent listens; default 127.0.0.1, any free port
      --public-url URL    where Canvas reaches the agent, when that differs
      --delivery-mode M   push (default) or poll
      --instance MARK     echoed by GET /healthz
      --version, --help

Flags win over the environment, the environment over the file. Exit codes: 0 stopped as asked, 1 a fault,
2 wrong configuration, 3 refused by Canvas, 4 the workspace is unknown to Canvas or was removed.
`;
