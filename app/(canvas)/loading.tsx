const SHAPES = Array.from({ length: 12 }, (_, i) => `card-${i}`);

/** The shape of what comes, while the server gathers it. */
export default function FleetLoading() {
  return (
    <main className="grid gap-4 px-3 py-4 sm:px-5" aria-busy="true">
      <p role="status" className="sr-only">
        Loading the fleet
      </p>
      <div aria-hidden="true" className="flex gap-2">
        <span className="h-8 w-28 animate-pulse rounded-full bg-text/5" />
        <span className="h-8 w-24 animate-pulse rounded-full bg-text/5" />
        <span className="h-8 w-28 animate-pulse rounded-full bg-text/5" />
      </div>
      <div aria-hidden="true" className="card-grid">
        {SHAPES.map((key) => (
          <span key={key} className="animate-pulse rounded-lg border border-line bg-panel" />
        ))}
      </div>
    </main>
  );
}
