import type { ComponentProps } from 'react';

type Look = 'plain' | 'quiet' | 'primary' | 'tone' | 'danger';

const LOOKS: Record<Look, string> = {
  plain: 'border-line-strong bg-raise text-text hover:border-faint',
  quiet: 'border-transparent text-soft hover:bg-text/7 hover:text-text',
  primary: 'border-accent bg-accent text-on-accent hover:brightness-110',
  tone: 'border-tone/55 text-text hover:bg-tint',
  danger: 'border-bad/60 text-bad hover:bg-bad/10',
};

interface ButtonProps extends ComponentProps<'button'> {
  look?: Look;
  small?: boolean;
}

/** A button with one of the looks there are. On a coarse pointer it can be hit within at least 44 px, however small it is drawn. */
export function Button({ look = 'plain', small = false, className = '', type = 'button', ...rest }: ButtonProps) {
  const size = small ? 'h-6 px-2 text-xs' : 'h-8 px-3 text-sm coarse:h-11';
  return (
    <button
      type={type}
      className={`relative inline-flex flex-none items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors disabled:opacity-50 coarse:after:absolute coarse:after:-inset-3 ${size} ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}
