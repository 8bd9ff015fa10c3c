import qrcode from 'qrcode-generator';
import { qrSizesMaxBytes } from './qr-text.ts';

/** Light modules around the code that a reader needs (ISO/IEC 18004 §5.3.8). */
const quiet = 4;

/** One path of all dark modules, row by row; neighbours in a row are one stroke. */
function darkPath(isDark: (row: number, column: number) => boolean, count: number): string {
  let path = '';
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (!isDark(row, column)) continue;
      const from = column;
      while (column + 1 < count && isDark(row, column + 1)) column += 1;
      path += `M${from + quiet} ${row + quiet}h${column + 1 - from}v1h-${column + 1 - from}z`;
    }
  }
  return path;
}

/** A text as a QR code, drawn as SVG without any style: its UTF-8 bytes, at error correction M where they fit, else L. */
export function qrSvg(text: string, label: string): string {
  const bytes = Buffer.from(text, 'utf8');
  const code = qrcode(0, bytes.length <= qrSizesMaxBytes.M ? 'M' : 'L');
  // The library takes one character a byte.
  code.addData(bytes.toString('latin1'), 'Byte');
  code.make();
  const count = code.getModuleCount();
  const side = count + 2 * quiet;
  const path = darkPath((row, column) => code.isDark(row, column), count);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" role="img" aria-label="${label}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path fill="#000" d="${path}"/></svg>`;
}
