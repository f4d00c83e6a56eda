const units = ['bytes', 'KB', 'MB', 'GB'] as const;

/** A file size for people: `840 KB`, `12.4 MB`. Decimal units, as phones and shops use them. */
export function bytesInWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit >= 2 && value < 100 ? 1 : 0;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${units[unit]}`;
}
