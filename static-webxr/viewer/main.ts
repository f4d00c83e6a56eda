import { createExperience } from './experience.ts';
import { codeFromPath } from './manifest.ts';

const code = codeFromPath(location.pathname);
createExperience({
  code,
  manifestResponse: window.porticoManifest ?? Promise.resolve(new Response(null, { status: 404 })),
  root: document.body,
});
