import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/**
 * Finishes the viewer's page: its style sheet goes into the page (one request less before the first paint), and
 * a Content-Security-Policy lets nothing else run: the page's own scripts, by hash where they are inline, and
 * WebAssembly. Media and manifests may come from another https origin, the CDN.
 */
export function viewerPage(): Plugin {
  return {
    name: 'portico-viewer-page',
    apply: 'build',
    enforce: 'post',
    transformIndexHtml: {
      order: 'post',
      handler(html, { filename, bundle }) {
        if (!filename.endsWith('viewer/index.html') || bundle === undefined) return html;
        const inlined = html.replace(/<link rel="stylesheet"[^>]*href="\/([^"]+\.css)"[^>]*>/, (_tag, path: string) => {
          const sheet = bundle[path];
          if (sheet?.type !== 'asset') throw new Error(`The viewer's style sheet ${path} is not in the bundle.`);
          delete bundle[path];
          return `<style>${String(sheet.source).trim()}</style>`;
        });
        return inlined.replace('<meta charset="utf-8" />', `$&\n    <meta http-equiv="Content-Security-Policy" content="${policy(inlined)}" />`);
      },
    },
  };
}

function policy(html: string): string {
  const scripts = hashes(html, /<script>([\s\S]*?)<\/script>/g);
  const styles = hashes(html, /<style>([\s\S]*?)<\/style>/g);
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${scripts}`,
    `style-src ${styles}`,
    "worker-src 'self'",
    "connect-src 'self' https:",
    "img-src 'self' https: data:",
    "media-src 'self' https: mediastream:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashes(html: string, elements: RegExp): string {
  return [...html.matchAll(elements)].map(([, text]) => `'sha256-${createHash('sha256').update(text!).digest('base64')}'`).join(' ');
}
