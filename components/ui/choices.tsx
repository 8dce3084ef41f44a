'use client';

import { useId } from 'react';

/** One of a few, side by side: real radio buttons, drawn as one bar. */
export function Choices<T extends string | number | null>({
  legend,
  options,
  value,
  onChange,
}: {
  legend: string;
  options: readonly { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 text-sm font-semibold">{legend}</legend>
      <div className="flex overflow-hidden rounded-md border border-line-strong">
        {options.map((option) => (
          <label
            key={String(option.value)}
            className="relative flex h-8 flex-1 items-center justify-center border-l border-line px-2 text-center text-sm text-soft first:border-l-0 hover:text-text has-checked:bg-accent/12 has-checked:font-medium has-checked:text-text has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent coarse:h-11"
          >
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="absolute inset-0 size-full cursor-pointer appearance-none outline-none"
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
