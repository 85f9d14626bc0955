import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type DraftSpec } from './spec';

/** hashSpec is the sha-256, in hex, of the spec's canonical JSON (RFC 8785) without its layout: equal hashes, equal behaviour. */
export function hashSpec(spec: DraftSpec): string {
  const behaviour = Object.fromEntries(Object.entries(spec).filter(([key]) => key !== 'layout'));
  return createHash('sha256')
    .update(canonicalize(behaviour) ?? '')
    .digest('hex');
}
