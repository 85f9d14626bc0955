import { clsx, type ClassValue } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({
  extend: { theme: { text: ['12', '14', '16', '20'], radius: ['tile', 'dense'], shadow: ['float'] } },
});

/** cx joins class names and lets the later of two utilities for one property win, so a caller can adjust a part. */
export const cx = (...classes: ClassValue[]): string => merge(clsx(classes));
