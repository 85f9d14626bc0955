'use client';

import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from 'next-themes';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { useState } from 'react';
import { Toaster } from '@/components/ui/toast';
import { TooltipProvider } from '@/components/ui/tooltip';
import { NonceContext } from '@/components/ui/nonce';

/**
 * Providers gives every page theme, queries, URL state, tooltips and toasts.
 * `nonce` is the request's content security nonce, handed to whatever writes a style or script element.
 */
export function Providers({ nonce, children }: { nonce?: string; children: React.ReactNode }) {
  const [queries] = useState(
    () =>
      new QueryClient({
        // Live events say when something changed, so a fresh answer needs no refetch on focus.
        defaultOptions: { queries: { staleTime: 15_000, refetchOnWindowFocus: false, retry: 1 } },
      }),
  );
  return (
    <ThemeProvider
      attribute="data-theme"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      nonce={nonce}
    >
      <CSPProvider nonce={nonce}>
        <NonceContext value={nonce}>
          <QueryClientProvider client={queries}>
            <NuqsAdapter>
              <TooltipProvider>{children}</TooltipProvider>
            </NuqsAdapter>
          </QueryClientProvider>
          <Toaster />
        </NonceContext>
      </CSPProvider>
    </ThemeProvider>
  );
}
