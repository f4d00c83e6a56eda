/** 8-bit luma, rows from the top, no padding. */
export interface LumaImage {
  widthPx: number;
  heightPx: number;
  pixels: Uint8Array;
}

/** sRGB to light, in 1/65535. */
const LIGHT = Uint16Array.from({ length: 256 }, (_, i) => {
  const s = i / 255;
  return Math.round(65535 * (s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4));
});

/** Light in 1/4095 to sRGB. */
const GREY = Uint8Array.from({ length: 4096 }, (_, i) => {
  const l = i / 4095;
  return Math.round(255 * (l <= 0.0031308 ? 12.92 * l : 1.055 * l ** (1 / 2.4) - 0.055));
});

/** Luminance (BT.709, of light, not of sRGB values) as sRGB grey: what the server's libvips calls `b-w`. */
export function lumaOf({ data, width, height }: ImageData): LumaImage {
  const pixels = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < pixels.length; i++, at += 4) {
    const light = 0.2126 * LIGHT[data[at]!]! + 0.7152 * LIGHT[data[at + 1]!]! + 0.0722 * LIGHT[data[at + 2]!]!;
    pixels[i] = GREY[Math.round(light / 16.0037)]!;
  }
  return { widthPx: width, heightPx: height, pixels };
}
