/** The sheet's code comes when it is wanted: whoever may want it soon calls this first. */
export const loadSheet = () => import('./restart-sheet.tsx');
