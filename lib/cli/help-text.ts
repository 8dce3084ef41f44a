export const HELP = `Usage: canvas status [WORKSPACE]
       canvas restart WORKSPACE [--deadline 15m | none] [--force] [--reason TEXT] [--wait]

WORKSPACE is an id, a name, or the beginning of a name that no other has.

canvas status            every workspace, those that want a person first
canvas status WORKSPACE  one, with what it is doing

canvas restart           drains it, saves its state, stops, starts and restores it; joins a restart that is under way
      --deadline TIME    how long work in flight may take: 30s, 15m, 1h, or none; default 1m
      --force            does not wait for work in flight: it is cut off, and its messages come again
      --reason TEXT      is kept with the restart
      --wait             shows each step with its time, and ends when the restart has ended

For both
      --url URL          address of Canvas, default http://127.0.0.1:3000      CANVAS_URL
                         API token: from the environment only                  CANVAS_TOKEN
      --json             what Canvas answered, as JSON
  -h, --help

Exit codes: 0 done (without --wait: asked for), 1 the restart failed, 2 wrong usage or no such workspace, 3 Canvas could
not be reached or refused, 4 the restart was cancelled.
`;
