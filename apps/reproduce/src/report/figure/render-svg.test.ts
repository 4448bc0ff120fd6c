import { dot, line } from '@observablehq/plot';
import { expect, test } from 'vitest';
import { legend } from './legend.js';
import { renderSvg } from './render-svg.js';

const points = [
  { x: 1, y: 2, name: 'first' },
  { x: 2, y: 3, name: 'first' },
  { x: 1, y: 1, name: 'second' },
];
const figure = () =>
  renderSvg({
    color: { domain: ['first', 'second'] },
    marks: [
      line(points, { x: 'x', y: 'y', stroke: 'name' }),
      dot(points, { x: 'x', y: 'y', fill: 'name' }),
      ...legend(['first', 'second']),
    ],
  });

test('makes an SVG file that stands alone, the same one each time', () => {
  const svg = figure();
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg.endsWith('</svg>\n')).toBe(true);
  expect(svg).toBe(figure());
  expect(svg.match(/<circle/g)?.length).toBe(3 + 2);
});

test('the legend names each colour, in text that is escaped', () => {
  expect(figure()).toMatch(/>first<\/text>.*>second<\/text>/s);
  const svg = renderSvg({ color: { domain: ['a < b'] }, marks: legend(['a < b']) });
  expect(svg).toContain('>a &lt; b</text>');
});
