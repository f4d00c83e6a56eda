import jsQR from 'jsqr';
import sharp from 'sharp';

/**
 * What a QR code says, read from its picture (SVG or PNG) as a phone would: rasterised, then decoded.
 * Undefined when no code is found.
 */
export async function readQrCode(picture: Buffer): Promise<string | undefined> {
  const { data, info } = await sharp(picture, { density: 288 })
    .flatten({ background: '#ffffff' })
    .resize(800, 800, { fit: 'contain', background: '#ffffff', kernel: 'nearest' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return jsQR.default(new Uint8ClampedArray(data), info.width, info.height)?.data;
}
