import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { findProgram } from './require-program.ts';

/** Undefined where it is not installed: what needs it is then skipped. */
export const chromiumPath = findProgram('chromium');

/** Nothing but the page that it is shown: no updates, no sync, no tab that phones home. */
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath ?? '', args });
}

export interface OpenPage {
  page: Page;
  /** What the console complained of, and requests that left for another place. */
  troubles: string[];
}

/** Opens a page in a browser of its own memory, and waits until it says something. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 900 },
    locale: 'en',
    ...options,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && new URL(request.url()).host !== new URL(url).host) {
      troubles.push(`a request to ${request.url()}`);
    }
  });
  await page.goto(url);
  await page.waitForSelector('h1.sentence');
  return { page, troubles };
}

const output = fileURLToPath(new URL('../output', import.meta.url));

/** Keeps what the page looks like, whole and as it is seen first, for people. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(output, { recursive: true });
  await page.screenshot({ path: join(output, `${name}.png`), fullPage: true });
  await page.screenshot({ path: join(output, `${name}-top.png`) });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core calls serious or critical: rule and where. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const results = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { target: unknown[]; failureSummary: string }[] }[];
  };
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
    );
}
