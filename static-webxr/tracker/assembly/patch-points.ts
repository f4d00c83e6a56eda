import { allocate } from './arena';
import { TemplateLevel } from './target';

/**
 * Chooses where on a template patches are followed: in each cell of a grid the point whose 8×8 surroundings fix a
 * position best, by the smaller eigenvalue of the gradient matrix (Shi and Tomasi, "Good features to track", 1994)
 * plus a little of the larger, so that cells with nothing but an edge have a point too.
 */
const COLUMNS = 9;
const MOST_POINTS = COLUMNS * COLUMNS;
/** Patches and their gradients stay inside the template when seen at its own size. */
const BORDER_PX = 5;
const LEAST_STRENGTH: f32 = 60;

export function choosePoints(level: TemplateLevel): void {
  level.points = allocate(MOST_POINTS << 3);
  level.pointCount = 0;
  const insideWidth = level.width - 2 * BORDER_PX, insideHeight = level.height - 2 * BORDER_PX;
  if (insideWidth < 2 || insideHeight < 2) return;
  const cell = <f32>max(sqrt(<f64>(insideWidth * insideHeight) / 64), 4);
  const columns = min(COLUMNS, max(1, <i32>(<f32>insideWidth / cell + 0.5)));
  const rows = min(MOST_POINTS / columns, max(1, <i32>(<f32>insideHeight / cell + 0.5)));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let best: f32 = LEAST_STRENGTH;
      let bestX = -1, bestY = 0;
      const toX = BORDER_PX + (column + 1) * insideWidth / columns, toY = BORDER_PX + (row + 1) * insideHeight / rows;
      for (let y = BORDER_PX + row * insideHeight / rows; y < toY; y++) {
        for (let x = BORDER_PX + column * insideWidth / columns; x < toX; x++) {
          const s = strength(level, x, y);
          if (s > best) {
            best = s;
            bestX = x;
            bestY = y;
          }
        }
      }
      if (bestX < 0) continue;
      const at = level.points + (<usize>level.pointCount << 3);
      store<f32>(at, <f32>bestX);
      store<f32>(at, <f32>bestY, 4);
      level.pointCount++;
    }
  }
}

function strength(level: TemplateLevel, x: i32, y: i32): f32 {
  let xx = 0, xy = 0, yy = 0;
  for (let dy = -3; dy <= 3; dy++) {
    const row = level.pixels + <usize>((y + dy) * level.width + x);
    for (let dx = -3; dx <= 3; dx++) {
      const at = row + dx;
      const gx = <i32>load<u8>(at, 1) - <i32>load<u8>(at - 1);
      const gy = <i32>load<u8>(at + level.width) - <i32>load<u8>(at - level.width);
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
    }
  }
  const half: f32 = 0.5 * <f32>(xx + yy), difference: f32 = 0.5 * <f32>(xx - yy);
  const radius: f32 = sqrt(difference * difference + <f32>xy * <f32>xy);
  return half - radius + <f32>0.05 * (half + radius);
}
