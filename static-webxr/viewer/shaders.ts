/** A quad of four vertices without buffers: corner (±1, ±1) · `extent`, then `clip`. */
export const QUAD_VERTEX = `#version 300 es
uniform mat4 clip;
uniform vec2 extent;
/** Texture coordinates of the lower left corner, and from there to the upper right. */
uniform vec4 window;
out vec2 uv;
out vec2 across;
void main() {
  across = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  uv = window.xy + window.zw * across;
  gl_Position = clip * vec4((across * 2.0 - 1.0) * extent, 0.0, 1.0);
}`;

/** The camera's picture as it is. */
export const CAMERA_FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D image;
in vec2 uv;
out vec4 colour;
void main() {
  colour = texture(image, uv);
}`;

/** The mean of four samples, each a quarter of a target pixel off the centre: a box filter for reductions up to 4:1. */
export const REDUCE_FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D image;
uniform vec2 tap;
in vec2 uv;
out vec4 colour;
void main() {
  colour = 0.25 * (texture(image, uv + tap) + texture(image, uv - tap)
    + texture(image, uv + vec2(tap.x, -tap.y)) + texture(image, uv + vec2(-tap.x, tap.y)));
}`;

/** Content on a picture; its rim fades over a pixel and a half of the screen, at any distance and angle. */
export const CONTENT_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D image;
uniform float opacity;
in vec2 uv;
in vec2 across;
out vec4 colour;
void main() {
  vec2 rimPx = min(across, 1.0 - across) / max(fwidth(across), vec2(1e-6));
  float inside = clamp(min(rimPx.x, rimPx.y) / 1.5, 0.0, 1.0);
  colour = vec4(texture(image, uv).rgb, inside * opacity);
}`;
