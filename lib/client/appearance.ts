/** How the page looks to this browser, kept in cookies so that the server can render it so. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

export const THEME_COOKIE = 'canvas_theme';
export const DENSITY_COOKIE = 'canvas_density';
const YEAR_SECONDS = 31_536_000;

export function readTheme(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}

export function readDensity(value: string | undefined): Density {
  return value === 'compact' ? 'compact' : 'comfortable';
}

function remember(cookie: string, value: string): void {
  document.cookie = `${cookie}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  remember(THEME_COOKIE, theme);
}

export function applyDensity(density: Density): void {
  document.documentElement.dataset['density'] = density;
  remember(DENSITY_COOKIE, density);
}
