import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/**
 * A plot as the text of an SVG file that stands alone, made without a browser: black on white wherever it is shown.
 *
 * @param options of Observable Plot; without title or legend, which would wrap the figure in HTML. `legend` draws one.
 */
export function renderSvg(options: PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const figure = plot({
    ...options,
    document: document as unknown as Document,
    style: { background: 'white', color: 'black' },
  });
  figure.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${figure.outerHTML}\n`;
}
