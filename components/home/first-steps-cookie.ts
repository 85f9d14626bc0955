/** FIRST_STEPS_COOKIE remembers that a person hid the card of first steps. */
export const FIRST_STEPS_COOKIE = 'penstock_first_steps';
