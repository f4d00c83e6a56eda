export interface MarkerVerdict {
  label: string;
  color: string;
  meaning: string;
}

/** What a marker's score (0–100) means for the campaign. */
export function verdictOf(score: number): MarkerVerdict {
  if (score >= 80) return { label: 'Excellent', color: 'teal', meaning: 'Phones will find this picture quickly and hold on to it.' };
  if (score >= 60) return { label: 'Good', color: 'teal', meaning: 'Phones will find this picture in ordinary light.' };
  if (score >= 40) return { label: 'Fair', color: 'yellow', meaning: 'Phones may need a moment, or better light. The advice below helps.' };
  return { label: 'Poor', color: 'red', meaning: 'Many phones won’t find this picture. Change it before you print.' };
}
