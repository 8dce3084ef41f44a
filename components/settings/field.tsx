import { type ComponentProps, type ReactNode, useId } from 'react';

const BOX =
  'h-8 w-full min-w-0 rounded-md border border-line-strong bg-bg px-2.5 text-sm placeholder:text-faint coarse:h-11 coarse:text-base';

interface FieldProps extends ComponentProps<'input'> {
  label: string;
  hint?: ReactNode;
}

/** A labelled line to type in. */
export function Field({ label, hint, className = '', ...input }: FieldProps) {
  const id = useId();
  return (
    <div className={`grid content-start gap-1 ${className}`}>
      <label htmlFor={id} className="text-sm">
        {label}
      </label>
      <input id={id} autoComplete="off" {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })} className={BOX} {...input} />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-xs text-faint">
          {hint}
        </p>
      )}
    </div>
  );
}

/** A labelled choice of one. */
export function SelectField({ label, className = '', children, ...select }: ComponentProps<'select'> & { label: string }) {
  const id = useId();
  return (
    <div className={`grid content-start gap-1 ${className}`}>
      <label htmlFor={id} className="text-sm">
        {label}
      </label>
      <select id={id} className={BOX} {...select}>
        {children}
      </select>
    </div>
  );
}

/** Something to tick, with its words beside it. */
export function Tick({ children, ...input }: ComponentProps<'input'>) {
  return (
    <label className="flex min-h-7 items-center gap-2 text-sm coarse:min-h-11">
      <input type="checkbox" className="size-4 flex-none accent-accent coarse:size-11" {...input} />
      <span className="min-w-0">{children}</span>
    </label>
  );
}
