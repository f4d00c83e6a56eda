import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** Deep ink: text, the brand's ground, everything that isn't an invitation. */
const ink: MantineColorsTuple = ['#f3f4f8', '#e4e6ee', '#c6cad8', '#a0a7bd', '#7b84a0', '#5c6585', '#454e6d', '#313953', '#1f2539', '#131728'];

/** The one warm accent: the next thing to do, and work in progress. */
const ember: MantineColorsTuple = ['#fff4ee', '#ffe4d6', '#ffc6aa', '#ffa47b', '#ff8852', '#f96f31', '#e4561a', '#c2440f', '#9f390f', '#7f3010'];

/** Mantine's dark scale, tinted with the ink so that dark mode is the same house at night. */
const dark: MantineColorsTuple = ['#e8eaf2', '#c2c7d6', '#9aa1b8', '#6d7590', '#3d455e', '#2c3349', '#1e2437', '#141928', '#0f131f', '#0a0d16'];

/** In the dark, the accent's filled form carries ink instead of white: white on a bright orange can't be read. */
const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  if (input.variant === 'filled' && (input.color ?? input.theme.primaryColor) === 'ember')
    return { ...colors, color: 'var(--portico-on-accent)' };
  return colors;
};

export const theme = createTheme({
  primaryColor: 'ember',
  primaryShade: { light: 7, dark: 5 },
  colors: { ink, ember, dark },
  black: '#131728',
  fontFamily: "'Instrument Sans Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.875rem', lineHeight: '1.2' },
      h2: { fontSize: '1.25rem', lineHeight: '1.3' },
      h3: { fontSize: '1.0625rem', lineHeight: '1.35' },
    },
  },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '10px', lg: '16px', xl: '28px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  variantColorResolver: variantColors,
  components: {
    Button: { defaultProps: { radius: 'md' } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, events: { hover: true, focus: true, touch: false } } },
    // Its placeholder is a focusable child that no menu may have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45, blur: 2 }, radius: 'lg' } },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.4, blur: 1 } } },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#5b6380',
    '--mantine-color-placeholder': '#6b7390',
    '--mantine-color-error': '#c4222d',
    '--portico-page': '#f5f6f9',
    '--portico-line': '#e2e5ed',
    '--portico-sunken': '#eef0f5',
    '--portico-accent-text': '#b03c0b',
    '--portico-accent-wash': '#fff1e9',
    '--portico-on-accent': '#ffffff',
  },
  dark: {
    '--mantine-color-body': '#171c2c',
    '--mantine-color-dimmed': '#a3aac2',
    '--mantine-color-placeholder': '#8f97b0',
    '--mantine-color-error': '#ff8787',
    '--portico-page': '#0f131f',
    '--portico-line': '#2b3249',
    '--portico-sunken': '#0f131f',
    '--portico-accent-text': '#ff9d70',
    '--portico-accent-wash': '#2b1d1a',
    '--portico-on-accent': '#1b0d05',
  },
});
