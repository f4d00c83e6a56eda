const units = ['bytes', 'KB', 'MB', 'GB'] as const;

/** A file size for people: `840 KB`, `12.4 MB`. Units of 1,024, as the server counts its limits. */
export function bytesInWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit >= 2 && value < 99.95 ? 1 : 0;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${units[unit]}`;
}
