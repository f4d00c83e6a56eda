import axeCore from 'axe-core';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileMarkers } from '../web/tracking/compile-markers.ts';
import { loadPhotograph, PHOTOGRAPHS_FOLDER } from '../web/tracking/photographs.ts';
import { launchBrowser } from './support/browser.ts';
import { startMockApi, type MockApi } from './support/mock-api.ts';
import { posterClip, posterPicture, processUpload } from './support/portal-media.ts';

const desktop: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };
const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const person = { displayName: 'Ada Lovelace', email: 'ada@example.com', password: 'correct horse battery' };
const timeout = 60_000;

let browser: Browser;
let folder: string;
let picture: string;
let clip: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-portal-'));
  picture = await posterPicture(join(folder, 'open-hills-poster.jpg'));
  clip = await posterClip(picture, join(folder, 'open-hills-trailer.mp4'));
  browser = await launchBrowser({ webGl: false });
}, timeout);

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** One visitor, signed in or not, with a server of their own; whatever breaks in the page fails the test. */
async function visit(options: BrowserContextOptions & { stranger?: boolean }, act: (page: Page, mock: MockApi) => Promise<void>): Promise<void> {
  const mock = await startMockApi({ process: processUpload, processingMs: 600 });
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], reducedMotion: 'reduce', ...options });
  if (!options.stranger) await context.addCookies([mock.account(person)]);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  try {
    await page.goto(mock.origin);
    await act(page, mock);
    expect(faults).toEqual([]);
  } catch (error) {
    await keepScreenshot(page, `failed-${expect.getState().currentTestName?.slice(-40)}`, false);
    const seen = await page.evaluate(() => `${location.href}, ${document.visibilityState}:\n${document.body.innerText}`).catch(String);
    throw new Error(`The page was at ${seen}`, { cause: error });
  } finally {
    await context.close();
    await mock.close();
  }
}

async function register(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Name').fill(person.displayName);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
}

async function createProject(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /Create your first project|New project/ }).click();
  await page.getByLabel('Name').fill(name);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

const addFiles = (page: Page, files: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0]) =>
  page.getByLabel('Pictures and videos to add').setInputFiles(files);

async function uploadBoth(page: Page): Promise<void> {
  await addFiles(page, [picture, clip]);
  await page.getByText('Excellent · 82').waitFor();
  await page.getByText('540p, silent').waitFor();
}

describe('a campaign in the portal', () => {
  test('an account, a project, a picture and a video end in a link that is copied', { timeout }, () =>
    visit({ ...desktop, stranger: true }, async (page, mock) => {
      await register(page);
      await createProject(page, 'Open Hills');
      await uploadBoth(page);
      await page.getByRole('link', { name: 'Create link' }).click();
      // The only ready picture and video need no choosing; the preview shows both.
      await expect.poll(() => page.getByRole('radio', { checked: true }).count()).toBe(2);
      await page.getByLabel('The video on the picture').waitFor();
      await page.getByLabel('Title').fill('Poster at the station');
      await page.getByRole('button', { name: 'Create link' }).click();
      await page.getByRole('heading', { name: 'Poster at the station', level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Copy link of Poster at the station' }).click();
      await page.getByText('Link copied').waitFor({ state: 'attached' });
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${mock.origin}/v/lnk1`);
      expect(await page.title()).toBe('Poster at the station · Portico');

      await page.getByText('Nobody has opened it yet').waitFor();
      mock.count('lnk1', { view_started: 1284, marker_detected: 1120, video_started: 1038, video_completed: 611 });
      await page.getByText('1,284').waitFor();
    }),
  );

  test('a title is edited where it stands, and Escape leaves it as it was', { timeout }, () =>
    visit(desktop, async (page) => {
      await linkPage(page);
      await page.getByRole('button', { name: 'Edit title' }).click();
      await page.getByLabel('Title').fill('Another');
      await page.keyboard.press('Escape');
      await page.getByRole('heading', { name: 'Open Hills', level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Edit title' }).click();
      await page.getByLabel('Title').fill('Second print');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Second print', level: 1 }).waitFor();
    }),
  );

  test('the QR code downloads as SVG and PNG under the title', { timeout }, () =>
    visit(desktop, async (page) => {
      await linkPage(page);
      for (const format of ['SVG', 'PNG']) {
        const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: format }).click()]);
        expect(download.suggestedFilename()).toBe(`open-hills.${format.toLowerCase()}`);
      }
    }),
  );
});

describe('how well phones will find a picture', () => {
  test('the map of a picture lies over it when asked for, and says in words what it shows', { timeout }, () =>
    visit(desktop, async (page) => {
      await createProject(page, 'Open Hills');
      await uploadBoth(page);
      await page.getByRole('button', { name: 'open-hills-poster.jpg' }).click();
      const drawer = page.getByRole('dialog');
      await drawer.getByText('Raise the contrast').waitFor();
      expect(await drawer.locator('canvas').count()).toBe(0);
      await drawer.getByLabel('Show where phones hold on').check();
      const map = drawer.getByRole('img', { name: /Phones can hold on to about \d+ % of the picture/ });
      await map.waitFor();
      const shown = (await drawer.locator('.detail-image').boundingBox())!, laid = (await map.boundingBox())!;
      expect(Math.abs(shown.width - laid.width) + Math.abs(shown.height - laid.height)).toBeLessThan(1);
      // Cold at the upper corners, warm in the middle: what the server said.
      const alpha = (x: number, y: number) => map.evaluate((canvas: HTMLCanvasElement, [u, v]) => canvas.getContext('2d')!.getImageData(canvas.width * u!, canvas.height * v!, 1, 1).data[3]!, [x, y]);
      expect(await alpha(0.03, 0.03)).toBeGreaterThan((await alpha(0.5, 0.4)) + 60);
      await keepScreenshot(page, 'heat-map', false);
    }),
  );

  test('a picture is judged in the browser before it travels, to within five points of the server’s compiler', { timeout: 3 * timeout }, () =>
    visit(desktop, async (page, mock) => {
      await createProject(page, 'Open Hills');
      // Nothing travels: what is said of the pictures is said before.
      const release = mock.hold(/assets$/);
      const names = ['Garden.jpg', 'Storm.jpg', 'Wood.jpg', 'Aqua.jpg'];
      const photographs = await Promise.all(names.map((name) => loadPhotograph(join(PHOTOGRAPHS_FOLDER, name))));
      const markers = await compileMarkers(photographs.map((photograph) => photograph.markerImage));
      await addFiles(page, names.map((name) => join(PHOTOGRAPHS_FOLDER, name)));
      for (const [i, name] of names.entries()) {
        const card = page.getByRole('listitem').filter({ hasText: name });
        const said = Number(await card.locator('[data-score]').getAttribute('data-score'));
        expect(Math.abs(said - markers[i]!.quality), `${name}: ${said} in the browser, ${markers[i]!.quality} on the server`).toBeLessThanOrEqual(5);
      }
      await keepScreenshot(page, 'forecast', false);
      const durations = await page.evaluate(() => performance.getEntriesByName('forecast').map((entry) => entry.duration));
      console.log(`forecasts took ${durations.map((ms) => Math.round(ms)).join(', ')} ms`);
      // The goal of a second holds on a machine that isn't busy; this bound only catches a hang.
      expect(durations).toHaveLength(names.length);
      expect(Math.min(...durations)).toBeLessThan(5_000);
      release();
    }),
  );
});

describe('deleting', () => {
  test('a deleted project can be brought back, and the server never hears of it', { timeout }, () =>
    visit(desktop, async (page, mock) => {
      await createProject(page, 'Keep me');
      await page.getByRole('button', { name: 'Actions for Keep me' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByText('Deleted “Keep me”').waitFor();
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByRole('heading', { name: 'Keep me', level: 1 }).waitFor();
      expect(mock.requests.filter((request) => request.startsWith('DELETE'))).toEqual([]);
    }),
  );

  test('leaving the page makes a deletion final', { timeout }, () =>
    visit(desktop, async (page, mock) => {
      await createProject(page, 'Drop me');
      await page.getByRole('button', { name: 'Actions for Drop me' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByText('Deleted “Drop me”').waitFor();
      await page.reload();
      await page.getByRole('button', { name: 'Create your first project' }).waitFor();
      expect(mock.requests.filter((request) => request.startsWith('DELETE'))).toHaveLength(1);
    }),
  );

  test('a file that a link uses comes back, with the reason', { timeout }, () =>
    visit(desktop, async (page, mock) => {
      await createProject(page, 'Open Hills');
      await uploadBoth(page);
      mock.fail({ method: 'DELETE', path: /\/assets\//, status: 409, problem: { title: 'A link uses the asset', detail: 'The link “Station” shows it.', code: 'asset.in_use' } });
      await page.getByRole('button', { name: 'open-hills-poster.jpg' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await expect.poll(() => page.getByRole('button', { name: 'open-hills-poster.jpg' }).count()).toBe(0);
      await page.getByText('The link “Station” shows it.').waitFor();
      await page.getByRole('button', { name: 'open-hills-poster.jpg' }).waitFor();
    }),
  );
});

describe('what can go wrong', () => {
  test('a refused sign-in says why, and fields say what is wrong with them', { timeout }, () =>
    visit({ ...desktop, stranger: true }, async (page, mock) => {
      await page.getByLabel('E-mail').fill('ada');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Enter your e-mail address').waitFor();
      await page.getByLabel('E-mail').fill(person.email);
      await page.getByLabel('Password', { exact: true }).fill('guess');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('E-mail address or password is wrong').waitFor();

      mock.fail({ method: 'POST', path: /register/, status: 400, problem: { errors: { email: ['This domain does not receive mail.'] } } });
      await page.getByRole('link', { name: 'Create an account' }).click();
      await page.getByLabel('Name').fill('Ada');
      await page.getByLabel('E-mail').fill('ada@nowhere.example');
      await page.getByLabel('Password', { exact: true }).fill(person.password);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByText('This domain does not receive mail.').waitFor();
      expect(await page.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true');
    }),
  );

  test('an expired token is renewed without a word, by one refresh for all requests', { timeout }, () =>
    visit(desktop, async (page, mock) => {
      await createProject(page, 'Open Hills');
      await page.getByText('Drop a picture and a video here').waitFor();
      mock.requests.length = 0;
      mock.expireTokens();
      await page.getByRole('link', { name: 'Projects', exact: true }).click();
      await page.getByRole('link', { name: 'Open Hills' }).click();
      await addFiles(page, picture);
      await page.getByText('Excellent · 82').waitFor();
      expect(mock.requests.filter((request) => request === 'POST /auth/refresh')).toHaveLength(1);
    }),
  );

  test('a reload keeps the session; a session that ended leads back to where one was', { timeout }, () =>
    visit(desktop, async (page) => {
      await createProject(page, 'Open Hills');
      await page.reload();
      await page.getByRole('heading', { name: 'Open Hills', level: 1 }).waitFor();
      await page.context().clearCookies();
      await page.reload();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.getByLabel('E-mail').fill(person.email);
      await page.getByLabel('Password', { exact: true }).fill(person.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Open Hills', level: 1 }).waitFor();
    }),
  );

  test('a list that could not be loaded says so, names the trace and can be asked for again', { timeout }, () =>
    visit(desktop, async (page, mock) => {
      // The page asks again by itself now and then: the server stays broken until the person asks.
      const mend = mock.fail({ method: 'GET', path: /v1\/projects(\?|$)/, status: 500, times: Infinity });
      await page.reload();
      await page.getByRole('alert').getByText('4bf92f3577b34da6a3ce929d0e0e4736').waitFor();
      mend();
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('button', { name: 'Create your first project' }).waitFor();
    }),
  );

  test('an unknown project and an unknown address each get a page that leads on', { timeout }, () =>
    visit(desktop, async (page, mock) => {
      for (const path of ['/projects/prj_unknown', '/projects/prj_x/links/lnkunknown', '/no/such/page']) {
        await page.goto(mock.origin + path);
        await page.getByRole('heading', { name: 'Nothing stands here' }).waitFor();
      }
      await page.getByRole('link', { name: 'Go to your projects' }).click();
      await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
    }),
  );
});

describe('files', () => {
  test('a file of the wrong kind is refused before it is sent; a damaged one says what to do', { timeout }, () =>
    visit(desktop, async (page, mock) => {
      await createProject(page, 'Open Hills');
      await addFiles(page, { name: 'notes.docx', mimeType: 'application/msword', buffer: Buffer.from('x') });
      await page.getByText('neither a picture nor a video').waitFor();
      expect(mock.requests.some((request) => request.endsWith('/assets') && request.startsWith('POST'))).toBe(false);
      await page.getByRole('button', { name: 'Dismiss notes.docx' }).click();

      await addFiles(page, { name: 'broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') });
      await page.getByText('The picture is damaged').first().waitFor();
      await page.getByRole('button', { name: 'broken.jpg' }).click();
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Try another file' }).click()]);
      await chooser.setFiles(picture);
      await page.getByText('Excellent · 82').waitFor();
      expect(await page.getByRole('button', { name: 'broken.jpg' }).count()).toBe(0);
    }),
  );

  test('an interrupted upload goes on after the blocks that have arrived', { timeout }, () =>
    visit(desktop, async (page, mock) => {
      await createProject(page, 'Open Hills');
      // 13 MB are fifty blocks; the list that joins them is refused once.
      mock.fail({ method: 'PUT', path: /comp=blocklist/, status: 404 });
      await addFiles(page, { name: 'broken-but-large.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(13_000_000, 7) });
      await page.getByText('The upload was interrupted.').waitFor();
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByText('The picture is damaged').first().waitFor();
      expect(mock.requests.filter((request) => request === 'PUT block')).toHaveLength(50);
    }),
  );

  test('an upload shows how far it is and can be cancelled, which leaves nothing behind', { timeout }, () =>
    visit(desktop, async (page, mock) => {
      await createProject(page, 'Open Hills');
      const network = await page.context().newCDPSession(page);
      await network.send('Network.emulateNetworkConditions', { offline: false, latency: 20, downloadThroughput: -1, uploadThroughput: 400_000 });
      await addFiles(page, { name: 'large.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(9_000_000, 7) });
      await page.getByText(/\d KB\/s · .* left/).waitFor();
      await page.getByRole('button', { name: 'Cancel the upload of large.jpg' }).click();
      await page.getByText('Drop a picture and a video here').waitFor();
      await expect.poll(() => mock.requests.filter((request) => request.startsWith('DELETE')).length, { timeout: 10_000 }).toBe(1);
    }),
  );

  test('a pasted picture is uploaded like a dropped one', { timeout }, () =>
    visit(desktop, async (page) => {
      await createProject(page, 'Open Hills');
      await page.getByText('Drop a picture and a video here').waitFor();
      await page.evaluate(async () => {
        const canvas = new OffscreenCanvas(64, 64);
        canvas.getContext('2d')!.fillRect(0, 0, 32, 32);
        const data = new DataTransfer();
        data.items.add(new File([await canvas.convertToBlob()], 'pasted.png', { type: 'image/png' }));
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
      });
      await page.getByRole('button', { name: 'pasted.png' }).waitFor();
      await page.getByText('Excellent · 82').waitFor();
    }),
  );
});

describe('for everybody', () => {
  test('the whole way can be gone with the keyboard alone', { timeout }, () =>
    visit({ ...desktop, stranger: true }, async (page) => {
      const press = (key: string) => page.keyboard.press(key);
      await page.getByLabel('E-mail').waitFor();
      await tabTo(page, 'Create an account');
      await press('Enter');
      await page.getByLabel('Name').waitFor();
      await page.keyboard.type(person.displayName);
      await press('Tab');
      await page.keyboard.type(person.email);
      await press('Tab');
      await page.keyboard.type(person.password);
      await press('Enter');
      await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
      await tabTo(page, 'Create your first project');
      await press('Enter');
      await page.getByLabel('Name').waitFor();
      await page.keyboard.type('By hand');
      await press('Enter');
      await page.getByText('Drop a picture and a video here').waitFor();
      await tabTo(page, 'choose files');
      // The dialog is caught from the next turn of the browser on, not at once.
      const choosing = page.waitForEvent('filechooser');
      await page.evaluate(() => new Promise(requestAnimationFrame));
      await press('Enter');
      const chooser = await choosing;
      await chooser.setFiles([picture, clip]);
      await page.getByText('Excellent · 82').waitFor();
      await page.getByText('540p, silent').waitFor();
      await tabTo(page, 'open-hills-poster.jpg');
      await press('Enter');
      await page.getByRole('dialog').waitFor();
      await press('Escape');
      await expect.poll(() => focusedName(page)).toContain('open-hills-poster.jpg');
      await tabTo(page, 'Create link', 'backwards');
      await press('Enter');
      await page.getByLabel('Title').waitFor();
      expect(await focusedName(page)).toBe('Create a link');
      await tabTo(page, 'Create link');
      await press('Enter');
      await page.getByRole('heading', { name: 'By hand', level: 1 }).waitFor();
      await tabTo(page, 'Copy link of By hand');
      await press('Enter');
      await page.getByText('Link copied').waitFor({ state: 'attached' });
    }),
  );

  for (const [device, options] of [['desktop', desktop], ['phone', phone]] as const)
    test(`no view has a serious accessibility fault or overflows, light or dark: ${device}`, { timeout: 5 * timeout }, () =>
      visit({ ...options, stranger: true }, async (page, mock) => {
        const found: string[] = [];
        const look = async (view: string, fullPage = true) => {
          // The elements are the same on both devices: the phone's pass is about width, and need not see both schemes.
          const schemes = device === 'desktop' || process.env.PORTICO_SCREENSHOTS ? (['light', 'dark'] as const) : (['dark'] as const);
          for (const colorScheme of schemes) {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            await page.waitForTimeout(300);
            found.push(...(await faultsOf(page)).map((fault) => `${view}, ${colorScheme}: ${fault}`));
            await keepScreenshot(page, `${device}-${colorScheme}-${view}`, fullPage);
          }
        };
        await page.getByLabel('E-mail').waitFor();
        await look('sign-in');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await look('sign-in-invalid');
        await register(page);
        await look('projects-empty');
        await createProject(page, 'Open Hills');
        await look('project-empty');
        await uploadBoth(page);
        await addFiles(page, { name: 'broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') });
        await page.getByText('The picture is damaged').first().waitFor();
        await addFiles(page, { name: 'notes.docx', mimeType: 'application/msword', buffer: Buffer.from('x') });
        await look('project');
        for (const name of ['open-hills-poster.jpg', 'open-hills-trailer.mp4', 'broken.jpg']) {
          await page.getByRole('button', { name, exact: true }).click();
          await page.getByRole('dialog').getByText('Added').waitFor();
          await look(`asset-${name.split('.')[1]}-${name.startsWith('broken') ? 'failed' : 'ready'}`, false);
          await page.keyboard.press('Escape');
          await page.getByRole('dialog').waitFor({ state: 'detached' });
        }
        await page.getByRole('link', { name: 'Create link' }).click();
        await page.getByLabel('The video on the picture').waitFor();
        await look('new-link');
        await page.getByRole('button', { name: 'Create link' }).click();
        await page.getByRole('heading', { name: 'Open Hills', level: 1 }).waitFor();
        mock.count('lnk1', { view_started: 1284, marker_detected: 1120, video_started: 1038, video_completed: 611, failed: 42 });
        await page.reload();
        await page.getByText('1,284').waitFor();
        await look('link');
        await page.getByRole('button', { name: 'Delete link' }).click();
        await page.getByRole('button', { name: 'Undo' }).waitFor();
        await look('deleted', false);
        await page.goto(`${mock.origin}/projects`);
        await page.getByRole('link', { name: 'Open Hills' }).waitFor();
        await page.getByRole('button', { name: /^Account/ }).click();
        await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
        await look('projects', false);
        await page.goto(`${mock.origin}/nowhere`);
        await look('not-found');
        expect(found).toEqual([]);
      }),
    );
});

async function linkPage(page: Page): Promise<void> {
  await createProject(page, 'Open Hills');
  await uploadBoth(page);
  await page.getByRole('link', { name: 'Create link' }).click();
  await page.getByLabel('The video on the picture').waitFor();
  await page.getByRole('button', { name: 'Create link' }).click();
  await page.getByRole('heading', { name: 'Open Hills', level: 1 }).waitFor();
}

/** Serious and critical findings of axe, and whether the page is wider than its window. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axeCore.source);
  return page.evaluate(async () => {
    // Colours may still be fading from one scheme to the other; what counts is where they arrive.
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
    const { axe } = window as unknown as { axe: typeof axeCore };
    const { violations } = await axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    const faults = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} (${node.any[0]?.message ?? ''})`).join(', ')}`);
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [...faults, `overflows by ${scrollWidth - clientWidth} px`] : faults;
  });
}

/** For people to look at: written only where PORTICO_SCREENSHOTS names a folder. */
async function keepScreenshot(page: Page, name: string, fullPage: boolean): Promise<void> {
  const target = process.env.PORTICO_SCREENSHOTS;
  if (!target) return;
  await mkdir(target, { recursive: true });
  await page.screenshot({ path: join(target, `${name}.png`), fullPage });
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement as HTMLElement | null;
    return (focused?.getAttribute('aria-label') ?? focused?.innerText ?? '').replace(/\s+/g, ' ').trim();
  });
}

/** Presses Tab until the named thing has the focus: it must be reachable, and the focus must be seen there. */
async function tabTo(page: Page, name: string, direction: 'forwards' | 'backwards' = 'forwards'): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if ((await focusedName(page)) === name) return;
    await page.keyboard.press(direction === 'forwards' ? 'Tab' : 'Shift+Tab');
  }
  throw new Error(`“${name}” can’t be reached with Tab.`);
}
