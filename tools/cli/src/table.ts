const LONGEST = 60;
/** What would move the cursor or colour the rest: messages of others are shown, not obeyed. */
const CONTROL = /\p{Cc}+/gu;

/** Lines of a plain text table; a cell is cut to 60 characters, the last one of a row is not padded. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string[] {
  const cells = [titles, ...rows].map((row) => row.map((cell) => cellOf(cell)));
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** One line of plain text, whatever it holds. */
export function plain(text: string): string {
  return text.replace(CONTROL, ' ');
}

function cellOf(cell: string | number | undefined): string {
  const text = plain(String(cell ?? ''));
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
