import type { Json } from '@/lib/core';

/** What stands where a secret stood. */
export const MASK = '••••••';

/** Shorter values are not masked: they would blacken ordinary text. The form that stores a secret asks for more. */
const SHORTEST = 4;

/** A Masker hides every form of the values it was told. */
export type Masker = { add: (value: string) => void; /** whether it hides anything at all */ knows: () => boolean; text: (text: string) => string; json: <T>(value: T) => T };

/** createMasker makes a masker that knows no value yet and lets everything pass. */
export function createMasker(): Masker {
  const forms = new Set<string>();
  let pattern: RegExp | null = null;

  const text = (input: string): string => (pattern ? input.replace(pattern, MASK) : input);
  const json = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (value !== null && typeof value === 'object' && !(value instanceof Date)) {
      return Object.fromEntries(Object.entries(value as Record<string, Json>).map(([key, item]) => [text(key), json(item)]));
    }
    return value;
  };

  return {
    add: (value) => {
      for (const form of formsOf(value)) forms.add(form);
      const all = [...forms].sort((a, b) => b.length - a.length);
      pattern = all.length ? new RegExp(all.map(escape).join('|'), 'g') : null;
    },
    knows: () => pattern !== null,
    text,
    json: <T>(value: T) => (pattern ? (json(value) as T) : value),
  };
}

/**
 * formsOf lists the ways in which a secret may be printed: as it is, its lines one by one, inside JSON, inside CSV, URL-encoded, in
 * hexadecimal, and in base64 at any place of a longer text (the three alignments).
 */
export function formsOf(value: string): string[] {
  const whole = value.trim();
  const lines = whole.split(/\r?\n/).map((line) => line.trim());
  const forms = new Set<string>();
  const add = (form: string) => {
    if (form.length >= SHORTEST) forms.add(form);
  };
  for (const part of new Set([value, whole, ...lines])) {
    if (part.length < SHORTEST) continue;
    add(part);
    add(JSON.stringify(part).slice(1, -1));
    add(part.replaceAll('"', '""'));
    const url = encodeURIComponent(part);
    add(url);
    add(url.replace(/%20/g, '+'));
    add(url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
    // form and RFC 3986 encodings also escape what encodeURIComponent leaves
    add(url.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`));
    const bytes = Buffer.from(part);
    add(bytes.toString('hex'));
    add(bytes.toString('hex').toUpperCase());
    for (const core of base64Cores(bytes)) {
      add(core);
      add(core.replace(/\+/g, '-').replace(/\//g, '_'));
    }
  }
  return [...forms];
}

/** base64Cores are the characters that depend on the secret alone, for each of the three places it may start at. */
function base64Cores(bytes: Buffer): string[] {
  if (bytes.length < SHORTEST) return [];
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '');
    const begin = Math.ceil((shift * 8) / 6);
    const end = Math.floor(((shift + bytes.length) * 8) / 6);
    return encoded.slice(begin, end);
  });
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
