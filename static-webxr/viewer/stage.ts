import { coverScale, type ContentQuad, type Scale, type Size, type TrackedCrop } from './fit.ts';
import { CAMERA_FRAGMENT, CONTENT_FRAGMENT, QUAD_VERTEX, REDUCE_FRAGMENT } from './shaders.ts';

/** An image that content shows: a poster, then the frames of a video. */
export interface Surface {
  /** True until the first upload, and again after the GPU has lost it. */
  empty: boolean;
  upload(source: HTMLVideoElement | HTMLImageElement): void;
  dispose(): void;
}

/** Where the camera's pictures and what plays on them are drawn: plain WebGL 2. */
export interface Stage {
  /** False while the GPU has taken the context away. */
  ready(): boolean;
  /**
   * Takes the camera's current frame, once: whole into a texture that isn't shown yet, its tracked crop into
   * `rgba` (crop width × height × 4 bytes, rows from the top).
   */
  capture(camera: HTMLVideoElement, crop: TrackedCrop, rgba: Uint8Array): void;
  /** Makes the frame captured last the one that is shown. */
  present(): void;
  /** Size of the frame that is shown; zero before the first. */
  shown: Readonly<Size>;
  /** Size of the canvas as it was when the frame was drawn. */
  screen: Readonly<Size>;
  /** Draws the shown frame over the whole canvas. */
  drawCamera(): void;
  /** Draws content over it; `clip` maps the target's plane to clip space. */
  drawContent(surface: Surface, quad: ContentQuad, clip: Float32Array, opacity: number): void;
  createSurface(): Surface;
  dispose(): void;
}

interface CameraTexture extends Size {
  texture: WebGLTexture;
}

interface GpuState {
  camera: Program;
  reduce: Program;
  content: Program;
  /** One is shown while the other is being tracked. */
  ring: [CameraTexture, CameraTexture];
  small: WebGLTexture;
  smallFrame: WebGLFramebuffer;
}

interface Program {
  program: WebGLProgram;
  at: Record<'clip' | 'extent' | 'window' | 'tap' | 'opacity', WebGLUniformLocation | null>;
}

/** @returns undefined when the browser has no WebGL 2. */
export function createStage(canvas: HTMLCanvasElement): Stage | undefined {
  const context = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, powerPreference: 'high-performance' });
  if (context === null) return undefined;
  const gl = context;
  const surfaces = new Set<{ recreate(): void }>();
  const shown = { widthPx: 0, heightPx: 0 };
  const smallSize = { widthPx: 0, heightPx: 0 };
  const screen = { widthPx: 0, heightPx: 0 };
  const scale: Scale = { x: 1, y: 1 };
  const clip = new Float32Array(16);
  clip[10] = clip[15] = 1;
  let shownIndex = 0;
  let gpu: GpuState | undefined = createGpuState(gl);

  const onLost = (event: Event) => {
    event.preventDefault();
    gpu = undefined;
  };
  const onRestored = () => {
    gpu = createGpuState(gl);
    shown.widthPx = shown.heightPx = smallSize.widthPx = smallSize.heightPx = 0;
    for (const surface of surfaces) surface.recreate();
  };
  canvas.addEventListener('webglcontextlost', onLost);
  canvas.addEventListener('webglcontextrestored', onRestored);

  function bindQuad(program: Program, texture: WebGLTexture, transform: Float32Array, x: number, y: number): void {
    gl.useProgram(program.program);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.uniformMatrix4fv(program.at.clip, false, transform);
    gl.uniform2f(program.at.extent, x, y);
  }

  function capture(camera: HTMLVideoElement, crop: TrackedCrop, rgba: Uint8Array): void {
    if (gpu === undefined) return;
    const free = gpu.ring[1 - shownIndex]!;
    upload(gl, free.texture, camera);
    free.widthPx = camera.videoWidth;
    free.heightPx = camera.videoHeight;

    gl.bindFramebuffer(gl.FRAMEBUFFER, gpu.smallFrame);
    if (smallSize.widthPx !== crop.widthPx || smallSize.heightPx !== crop.heightPx) {
      gl.bindTexture(gl.TEXTURE_2D, gpu.small);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, crop.widthPx, crop.heightPx, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
      smallSize.widthPx = crop.widthPx;
      smallSize.heightPx = crop.heightPx;
    }
    gl.viewport(0, 0, crop.widthPx, crop.heightPx);
    clip[0] = clip[5] = 1;
    const program = crop.cameraPxPerPx > 1 ? gpu.reduce : gpu.camera;
    bindQuad(program, free.texture, clip, 1, 1);
    // v runs down the picture and readPixels starts at the bottom: unflipped, the first row read is the top one.
    const u = (crop.widthPx * crop.cameraPxPerPx) / free.widthPx;
    const v = (crop.heightPx * crop.cameraPxPerPx) / free.heightPx;
    gl.uniform4f(program.at.window, (1 - u) / 2, (1 - v) / 2, u, v);
    gl.uniform2f(program.at.tap, u / crop.widthPx / 4, v / crop.heightPx / 4);
    gl.disable(gl.BLEND);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    gl.readPixels(0, 0, crop.widthPx, crop.heightPx, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  return {
    ready: () => gpu !== undefined && !gl.isContextLost(),
    capture,
    present() {
      if (gpu === undefined) return;
      shownIndex = 1 - shownIndex;
      const { widthPx, heightPx } = gpu.ring[shownIndex]!;
      shown.widthPx = widthPx;
      shown.heightPx = heightPx;
    },
    shown,
    screen,
    drawCamera() {
      if (gpu === undefined || shown.widthPx === 0) return;
      gl.viewport(0, 0, canvas.width, canvas.height);
      screen.widthPx = canvas.width;
      screen.heightPx = canvas.height;
      coverScale(shown, screen, scale);
      clip[0] = scale.x;
      clip[5] = scale.y;
      bindQuad(gpu.camera, gpu.ring[shownIndex]!.texture, clip, 1, 1);
      gl.uniform4f(gpu.camera.at.window, 0, 1, 1, -1);
      gl.disable(gl.BLEND);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    },
    drawContent(surface, quad, transform, opacity) {
      if (gpu === undefined || surface.empty) return;
      bindQuad(gpu.content, (surface as GpuSurface).texture, transform, quad.halfWidth, quad.halfHeight);
      gl.uniform4f(gpu.content.at.window, (1 - quad.shownX) / 2, (1 + quad.shownY) / 2, quad.shownX, -quad.shownY);
      gl.uniform1f(gpu.content.at.opacity, opacity);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    },
    createSurface() {
      const surface: GpuSurface = {
        texture: createTexture(gl),
        empty: true,
        upload(source) {
          if (gpu === undefined) return;
          upload(gl, surface.texture, source);
          surface.empty = false;
        },
        recreate() {
          surface.texture = createTexture(gl);
          surface.empty = true;
        },
        dispose() {
          surfaces.delete(surface);
          gl.deleteTexture(surface.texture);
        },
      };
      surfaces.add(surface);
      return surface;
    },
    dispose() {
      canvas.removeEventListener('webglcontextlost', onLost);
      canvas.removeEventListener('webglcontextrestored', onRestored);
      gpu = undefined;
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}

interface GpuSurface extends Surface {
  texture: WebGLTexture;
  recreate(): void;
}

function createGpuState(gl: WebGL2RenderingContext): GpuState {
  const small = createTexture(gl);
  const smallFrame = gl.createFramebuffer()!;
  gl.bindFramebuffer(gl.FRAMEBUFFER, smallFrame);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, small, 0);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  const slot = (): CameraTexture => ({ texture: createTexture(gl), widthPx: 0, heightPx: 0 });
  return {
    camera: createProgram(gl, CAMERA_FRAGMENT),
    reduce: createProgram(gl, REDUCE_FRAGMENT),
    content: createProgram(gl, CONTENT_FRAGMENT),
    ring: [slot(), slot()],
    small,
    smallFrame,
  };
}

function createTexture(gl: WebGL2RenderingContext): WebGLTexture {
  const texture = gl.createTexture()!;
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  return texture;
}

function upload(gl: WebGL2RenderingContext, texture: WebGLTexture, source: HTMLVideoElement | HTMLImageElement): void {
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, source);
}

/** Shaders are constants: one that doesn't compile is a bug, except while the context is lost. */
function createProgram(gl: WebGL2RenderingContext, fragment: string): Program {
  const program = gl.createProgram()!;
  for (const [kind, source] of [[gl.VERTEX_SHADER, QUAD_VERTEX], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(program) ?? 'A shader did not link.');
  }
  const at = (name: string) => gl.getUniformLocation(program, name);
  return { program, at: { clip: at('clip'), extent: at('extent'), window: at('window'), tap: at('tap'), opacity: at('opacity') } };
}
