import type { Manifest } from '../shared/manifest.ts';
import { wordsFor, type Reason } from './reasons.ts';
import type { State } from './states.ts';

/** What people can ask for; the names are the `data-do` of the buttons in index.html. */
export type Wish = 'start' | 'just-play' | 'again' | 'turn' | 'light' | 'choose' | 'pause' | 'mute' | 'unmute' | 'replay';

/** What the buttons over a playing video should show. */
export interface DockState {
  playing: boolean;
  ended: boolean;
  hasAudio: boolean;
  muted: boolean;
  soundBlocked: boolean;
}

/** The page around the camera's picture: index.html's sections, one of them shown at a time. */
export interface Screens {
  fill(manifest: Manifest): void;
  show(state: State): void;
  dock(state: DockState): void;
  /** Shows or hides the button that changes the camera. */
  offerTurn(offered: boolean): void;
  /** Shows whether the camera's light is on; undefined hides its button. */
  offerLight(on: boolean | undefined): void;
  /** Marks the one of several videos that the plain player has. */
  markChoice(target: number): void;
  /** Says on the button beside a reason how pressing it went. */
  answer(words: string): void;
  /** Tells those who can't see the screen. */
  say(words: string): void;
  dispose(): void;
}

const SLOW_SEARCH_MS = 9000;
const MOST_THUMBNAILS = 3;

const AGAIN = { camera: 'Try the camera again', reload: 'Try again', 'copy-link': 'Copy the link' } as const;

export function createScreens(root: HTMLElement, onWish: (wish: Wish, choice: number) => void): Screens {
  const all = <E extends HTMLElement>(selector: string) => [...root.querySelectorAll<E>(selector)];
  const one = <E extends HTMLElement>(selector: string) => root.querySelector<E>(selector)!;
  const sections = all('[data-for]');
  const button = (wish: Wish) => one<HTMLButtonElement>(`[data-do="${wish}"]`);
  let slowSearch: ReturnType<typeof setTimeout> | undefined;

  const onClick = (event: Event) => {
    const pressed = (event.target as Element).closest<HTMLElement>('[data-do]');
    if (pressed?.dataset.do) onWish(pressed.dataset.do as Wish, Number(pressed.dataset.choice));
  };
  root.addEventListener('click', onClick);

  function fill(manifest: Manifest): void {
    const pictures = manifest.targets.map((target) => target.picture);
    const several = pictures.length > 1;
    document.title = manifest.title;
    for (const title of all('[data-title]')) title.textContent = manifest.title;
    for (const image of all<HTMLImageElement>('[data-thumbnail]')) {
      image.src = pictures[0]!.thumbnail.url;
    }
    const ambient = one('.ambient');
    const show = () => ambient.classList.add('ready');
    ambient.querySelector('img')!.decode().then(show, () => undefined);
    one('[data-thumbnails]').replaceChildren(
      ...pictures.slice(0, MOST_THUMBNAILS).map(({ thumbnail }) => {
        const image = new Image(76, 76);
        image.src = thumbnail.url;
        image.alt = '';
        return image;
      }),
    );
    root.style.setProperty('--thumbnail-aspect', String(pictures[0]!.thumbnail.widthPx / pictures[0]!.thumbnail.heightPx));
    root.style.setProperty('--picture-aspect', String(several ? 1 : pictures[0]!.widthPx / pictures[0]!.heightPx));
    if (several) {
      one('[data-choices]').replaceChildren(...pictures.map(({ thumbnail }, at) => choiceButton(thumbnail.url, at, pictures.length)));
      one('[data-invitation]').textContent = 'Point your camera at this picture, or one of its companions, and watch it come to life.';
      one('[data-coach]').textContent = 'Point your camera at one of these pictures';
    }
  }

  function reasonIn(section: HTMLElement, reason: Reason): void {
    const words = wordsFor(reason);
    section.querySelector('[data-reason-title]')!.textContent = words.title;
    section.querySelector('[data-reason-text]')!.textContent = words.text;
    const again = section.querySelector<HTMLButtonElement>('[data-do="again"]')!;
    again.hidden = words.again === undefined;
    if (words.again !== undefined) again.textContent = AGAIN[words.again];
  }

  function show(state: State): void {
    const screen = state.name === 'resting' ? 'starting' : state.name;
    const section = sections.find((candidate) => candidate.dataset.for === screen)!;
    const focusGoes = document.activeElement?.matches(':focus-visible') === true && !section.contains(document.activeElement);
    for (const other of sections) other.hidden = other !== section;
    root.dataset.screen = screen;
    one('#tools').hidden = screen !== 'searching' && screen !== 'playing';
    if (state.name === 'player') {
      one('[data-notice]').hidden = state.reason === undefined;
      one('[data-use-camera]').hidden = state.reason !== undefined;
    }
    if ('reason' in state && state.reason !== undefined) reasonIn(section, state.reason);

    clearTimeout(slowSearch);
    one('[data-late]').hidden = true;
    one('[data-hint]').textContent = 'Let it fill most of the frame.';
    if (screen === 'searching') slowSearch = setTimeout(offerHelp, SLOW_SEARCH_MS);

    // Whoever uses the keyboard keeps a place to stand when the button they pressed is gone.
    if (focusGoes) section.querySelector<HTMLElement>('button:not([hidden])')?.focus({ preventScroll: true });
  }

  function offerHelp(): void {
    one('[data-hint]').textContent = 'Hold still, come closer, and avoid reflections.';
    one('[data-late]').hidden = false;
  }

  function say(words: string): void {
    one('#status').textContent = words;
  }

  return {
    fill,
    show,
    dock({ playing, ended, hasAudio, muted, soundBlocked }) {
      button('unmute').hidden = !soundBlocked || !muted || ended;
      button('replay').hidden = !ended;
      button('pause').hidden = ended;
      button('pause').ariaPressed = String(!playing);
      button('pause').ariaLabel = playing ? 'Pause' : 'Play';
      button('mute').hidden = !hasAudio || (soundBlocked && muted);
      button('mute').ariaPressed = String(muted);
      button('mute').ariaLabel = muted ? 'Sound on' : 'Sound off';
    },
    markChoice(target) {
      for (const choice of all('[data-choice]')) choice.ariaPressed = String(choice.dataset.choice === String(target));
    },
    offerTurn(offered) {
      button('turn').hidden = !offered;
    },
    offerLight(on) {
      button('light').hidden = on === undefined;
      button('light').ariaPressed = String(on === true);
    },
    answer(words) {
      for (const again of all('[data-do="again"]')) again.textContent = words;
      say(words);
    },
    say,
    dispose() {
      clearTimeout(slowSearch);
      root.removeEventListener('click', onClick);
    },
  };
}

function choiceButton(thumbnailUrl: string, at: number, of: number): HTMLButtonElement {
  const button = document.createElement('button');
  button.dataset.do = 'choose' satisfies Wish;
  button.dataset.choice = String(at);
  button.ariaLabel = `Video ${at + 1} of ${of}`;
  const image = new Image(60, 60);
  image.loading = 'lazy';
  image.src = thumbnailUrl;
  image.alt = '';
  button.append(image);
  return button;
}
