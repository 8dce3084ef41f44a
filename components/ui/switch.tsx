'use client';

/** On or off, at once. `labelledBy`: the id of the words beside it. */
export function Switch({
  on,
  labelledBy,
  disabled = false,
  onChange,
}: {
  on: boolean;
  labelledBy: string;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-labelledby={labelledBy}
      disabled={disabled}
      onClick={() => onChange(!on)}
      className="relative h-5 w-9 flex-none rounded-full border border-line-strong bg-text/10 transition-colors aria-checked:border-accent aria-checked:bg-accent coarse:after:absolute coarse:after:-inset-3.5"
    >
      <span
        aria-hidden="true"
        className={`absolute top-0.5 left-0.5 block size-3.5 rounded-full transition-transform ${on ? 'translate-x-4 bg-on-accent' : 'bg-soft'}`}
      />
    </button>
  );
}
