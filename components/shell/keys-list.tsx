'use client';

const KEYS = [
  ['/', 'Search the fleet'],
  ['j', 'Next card or incident'],
  ['k', 'Previous card or incident'],
  ['Enter', 'Open it'],
  ['r', 'Drain and restart the card, or the workspace of the page'],
  ['x', 'Select the card'],
  ['g i', 'Go to the inbox; g f to the fleet, g d to delegations, g s to the settings'],
  ['e', 'Inbox: mark as read, or as unread'],
  ['m', 'Inbox: mute'],
  ['a', 'Inbox: assign to me, or to nobody'],
  ['u', 'Take back what was done last; ⌘Z or Ctrl Z too'],
  ['Esc', 'Close, or leave the search'],
  ['?', 'This list'],
] as const;

/** All keys, each with what it does. */
export function KeysList() {
  return (
    <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
      {KEYS.map(([key, does]) => (
        <div key={key} className="contents">
          <dt>
            <kbd className="inline-block min-w-7 rounded border border-line-strong px-1.5 text-center font-mono text-xs leading-5">
              {key}
            </kbd>
          </dt>
          <dd className="text-soft">{does}</dd>
        </div>
      ))}
    </dl>
  );
}
