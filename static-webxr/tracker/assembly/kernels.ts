/** The kernels one by one, for tests that hold each against a plain reference. Not part of the product. */
export { allocate } from './arena';
export { describe, preparePattern } from './descriptor';
export { cornerScores, isPeak } from './fast-corners';
export { halve } from './halve';
export { hammingToAll, storeInBlocks } from './hamming';
export { rgbaToLuma } from './luma';
export { orientation } from './orientation';
export {
  alignPatch, foundX, foundY, matrixXX, matrixXY, matrixYY, searchPatch, similarity, warpPatch,
} from './patch';
export { smooth } from './smooth';
export { decodeTemplate } from './template-codec';
