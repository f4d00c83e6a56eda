import { buildMarkerTool } from './compile-markers.ts';

/** Runs once before all test files: the marker compiler is shared by them. */
export default buildMarkerTool;
