'use client';

import { useTheme } from 'next-themes';
import { Toaster as Sonner, toast as show } from 'sonner';

/** Toaster draws the toasts, bottom right, in the page's theme. One stands in the root layout. */
export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-right"
      closeButton
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'float flex w-full items-start gap-3 p-3 text-14 text-ink sm:w-[356px] [&>[data-icon]]:hidden [&>[data-close-button]]:hidden',
          content: 'min-w-0 flex-1',
          title: 'font-medium',
          description: 'text-12 text-ink-2',
          actionButton:
            'h-6 shrink-0 rounded-dense border border-line-2 bg-surface px-2 text-12 font-medium hover:bg-hover',
          error: 'border-l-4 border-l-failed-line',
        },
      }}
    />
  );
}

type Options = { description?: string; action?: { label: string; onClick: () => void } };

/**
 * toast says in one sentence what happened; `action` offers the way back or on ("Undo", "Open run").
 * `toast.error` stays longer and is announced at once.
 */
export const toast = Object.assign((title: string, options?: Options) => show(title, options), {
  error: (title: string, options?: Options) => show.error(title, { duration: 10_000, ...options }),
});
