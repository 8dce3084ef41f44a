import { StripsLoading } from '#components/ui/strips.tsx';

/** The shape of what comes. */
export default function SettingsLoading() {
  return (
    <main className="mx-auto grid w-full max-w-6xl gap-4 px-3 py-4 sm:px-5">
      <h1 className="text-xl font-semibold">Settings</h1>
      <StripsLoading what="the settings" count={4} />
    </main>
  );
}
