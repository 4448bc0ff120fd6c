/** What to do where a learning rate cannot be one. */
export const START = '0.05 is a good start; it counts in the coordinates of the space.';
