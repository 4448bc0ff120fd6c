import { dot, type Markish, text } from '@observablehq/plot';

/** The colours of a figure by name: distinct to most colour-blind readers too (Okabe and Ito, 2008). */
export const palette = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  '#000000',
  '#999999',
  '#7A3E9D',
  '#8C6D31',
] as const;

/**
 * Marks that name colours in a column at the right of the frame; leave room for it with `marginRight`.
 *
 * @param names in the order of `palette`, their scale's domain.
 * @param facet of a faceted figure, the place of its last column and first row.
 */
export const legend = (names: readonly string[], facet: { fx?: Value; fy?: Value } = {}): Markish[] =>
  names.flatMap((name, i) => {
    const place = {
      frameAnchor: 'top-right',
      dy: 6 + 15 * i,
      ...(facet.fx !== undefined && { fx: [facet.fx] }),
      ...(facet.fy !== undefined && { fy: [facet.fy] }),
    } as const;
    return [
      dot([name], { ...place, dx: 14, r: 4, fill: [name] }),
      text([name], { ...place, dx: 24, text: [name], textAnchor: 'start' }),
    ];
  });

type Value = string | number;
