/** What the small product's users expect of it: loaded by the check, not by the service. */
export const expected = 'right';
