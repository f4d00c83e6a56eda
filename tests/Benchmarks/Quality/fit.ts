/**
 * Weights of a logistic regression with a share (0–1) as its target: what functions/Vision/QualityScore.cs computes the
 * score with. Signals are standardised for the fit and the weights turned back, so that they apply to raw signals.
 * @param ridge how strongly weights are pulled to 0, in pictures
 */
export function fitShares(signals: readonly (readonly number[])[], shares: readonly number[], ridge = 1): { bias: number; weights: number[] } {
  const count = signals[0]!.length;
  const mean = Array.from({ length: count }, (_, j) => signals.reduce((sum, row) => sum + row[j]!, 0) / signals.length);
  const deviation = mean.map((m, j) => Math.sqrt(signals.reduce((sum, row) => sum + (row[j]! - m) ** 2, 0) / signals.length) || 1);
  const rows = signals.map((row) => [1, ...row.map((value, j) => (value - mean[j]!) / deviation[j]!)]);
  let weights = new Array<number>(count + 1).fill(0);
  for (let step = 0; step < 50; step++) {
    const gradient = weights.map((w, j) => (j === 0 ? 0 : -ridge * w));
    const curvature = weights.map((_, j) => weights.map((__, k) => (j === k && j > 0 ? ridge : 0)));
    rows.forEach((row, i) => {
      const p = logistic(row.reduce((sum, value, j) => sum + value * weights[j]!, 0));
      row.forEach((value, j) => {
        gradient[j]! += (shares[i]! - p) * value;
        row.forEach((other, k) => (curvature[j]![k]! += p * (1 - p) * value * other));
      });
    });
    const change = solve(curvature, gradient);
    weights = weights.map((w, j) => w + change[j]!);
    if (Math.max(...change.map(Math.abs)) < 1e-9) break;
  }
  const raw = weights.slice(1).map((w, j) => w / deviation[j]!);
  return { bias: weights[0]! - raw.reduce((sum, w, j) => sum + w * mean[j]!, 0), weights: raw };
}

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Gauss's elimination with pivots. */
function solve(matrix: number[][], right: number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]!]), n = right.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) if (Math.abs(a[row]![column]!) > Math.abs(a[pivot]![column]!)) pivot = row;
    [a[column], a[pivot]] = [a[pivot]!, a[column]!];
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = a[row]![column]! / a[column]![column]!;
      for (let k = column; k <= n; k++) a[row]![k]! -= factor * a[column]![k]!;
    }
  }
  return a.map((row, i) => row[n]! / row[i]!);
}
