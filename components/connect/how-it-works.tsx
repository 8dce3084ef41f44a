const STEPS = [
  [
    'A runtime sits beside each agent',
    'and beats every 30 seconds: the task, how many are in flight, how many requests failed, and whether the agent is stuck.',
  ],
  [
    'Canvas judges by its own clock',
    'Late after one missed beat, offline after three. Degraded when half of the requests fail. Wedged when the agent says so itself.',
  ],
  ['Every change has a cause', 'and is kept with the facts it was decided from. “Why?” on a card shows them.'],
] as const;

export function HowItWorks() {
  return (
    <section aria-labelledby="how-it-works" className="grid gap-3">
      <h2 id="how-it-works" className="text-sm font-semibold text-soft">
        How it works
      </h2>
      <ol className="grid gap-4 md:grid-cols-3">
        {STEPS.map(([what, how], i) => (
          <li key={what} className="grid content-start gap-1 border-t border-line pt-3">
            <p className="font-medium">
              <span className="text-faint">{i + 1}</span> {what}
            </p>
            <p className="text-sm text-soft">{how}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
