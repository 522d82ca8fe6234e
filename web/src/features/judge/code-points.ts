// The server counts a text in Unicode code points, the browser in UTF-16 units.

export function codePoints(text: string): number {
  return [...text].length;
}

// How many code points begin before a place counted in units. In the middle of a pair, the pair is before it.
export function codePointsBefore(text: string, units: number): number {
  const inPair = units > 0 && units < text.length && /[\uD800-\uDBFF]/.test(text.charAt(units - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(units));
  return codePoints(text.slice(0, inPair ? units + 1 : units));
}

export function slicePoints(text: string, start: number, end: number): string {
  return [...text].slice(start, end).join("");
}

export type Piece<Mark> = { text: string; marks: Mark[] };

// The text cut at every border of a mark, each piece with the marks that lie over it.
export function pieces<Mark extends { start: number; end: number }>(text: string, marks: Mark[]): Piece<Mark>[] {
  const points = [...text];
  const borders = [...new Set([0, points.length, ...marks.flatMap((mark) => [mark.start, mark.end])])].filter((place) => place >= 0 && place <= points.length).sort((a, b) => a - b);
  return borders.slice(0, -1).map((start, place) => {
    const end = borders[place + 1] ?? points.length;
    return { text: points.slice(start, end).join(""), marks: marks.filter((mark) => mark.start <= start && mark.end >= end) };
  });
}
