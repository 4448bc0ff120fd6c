/** φ + φ² + ... + φ^h: how far a first step goes whose followers are φ times as long each. */
export const geometricSum = (ratio: number, terms: number): number =>
  ratio === 1 ? terms : (ratio * (1 - ratio ** terms)) / (1 - ratio);
