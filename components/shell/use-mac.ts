'use client';

import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/** useMac tells whether this is a machine with a command key; false while the server renders. */
export const useMac = () =>
  useSyncExternalStore(
    never,
    () => /mac|iphone|ipad/i.test(navigator.platform),
    () => false,
  );
