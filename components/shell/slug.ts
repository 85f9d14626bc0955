/** slugOf proposes an address for a name: lower case, letters, digits and dashes, at most 63. "Späte Flüge 3" → "spate-fluge-3". */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
