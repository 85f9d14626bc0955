/** RAIL_COOKIE remembers whether the rail is folded, so that the first paint already has the right width. */
export const RAIL_COOKIE = 'penstock_rail';
