// A template in a folder of its own, `stagecraft dev` over it, and a page of a real Chromium.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import puppeteer from 'puppeteer-core';
import type { Browser, ConsoleMessage, Page } from 'puppeteer-core';
import { unpackedChromium } from './chromium.ts';

/** The top of the repository; the tests run in `service/preview`. */
const TOP = resolve('../..');
const PROGRAM = resolve(process.env['STAGECRAFT'] ?? join(TOP, 'target/debug/stagecraft'));
/** What a step of a test may take on a busy machine. */
const PATIENCE_MS = 30_000;

/** Starts the browser of the package, or the one that puppeteer's own variable names. */
export async function launch(): Promise<Browser> {
  const given = process.env['PUPPETEER_EXECUTABLE_PATH'];
  const { executablePath, env } = given ? { executablePath: given, env: {} } : unpackedChromium(resolve('node_modules'));
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-sync',
    '--disable-background-networking', '--disable-component-update', '--disable-quic', '--font-render-hinting=none'];
  return puppeteer.launch({ executablePath, args, headless: 'shell', env: { ...process.env, HOME: tmpdir(), ...env } });
}

/** A template's folder. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'stagecraft-dev-'));

  /** A copy of one of the repository's own templates. */
  static copyOf(name: string): Folder {
    const folder = new Folder();
    cpSync(join(TOP, 'templates', name), folder.path, { recursive: true });
    return folder;
  }

  /** Saves a file in one go, as editors do. */
  write(path: string, text: string) {
    const target = join(this.path, path);
    mkdirSync(dirname(target), { recursive: true });
    const aside = `${this.path}.saving`;
    writeFileSync(aside, text);
    renameSync(aside, target);
  }

  remove() {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** `stagecraft dev` on a free port. */
export class Dev {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(folder: Folder, ...args: string[]): Promise<Dev> {
    const child = spawn(PROGRAM, ['dev', folder.path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const url = await new Promise<string>((found, failed) => {
      let text = '';
      child.on('error', failed);
      child.on('exit', code => failed(new Error(`stagecraft ended with ${code}: ${text}`)));
      child.stdout.on('data', data => {
        text += String(data);
        const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(text)?.[0];
        if (url !== undefined) found(url);
      });
    });
    return new Dev(child, url);
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise(done => this.child.once('exit', done));
    this.child.kill();
    await ended;
  }
}

/** The page, and what it complains about. */
export class Tab {
  /** Errors of scripts, refused loads, and breaches of the page's policy. */
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {}

  static async open(browser: Browser, url: string, scheme: 'light' | 'dark' = 'light'): Promise<Tab> {
    const page = await browser.newPage();
    const tab = new Tab(page);
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', error => tab.complaints.push(String(error)));
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error') tab.complaints.push(message.text());
    });
    await page.setViewport({ width: 1440, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.goto(url);
    await page.waitForSelector('.live.on');
    return tab;
  }

  /** Waits until the text of an element holds this, or no longer does. */
  async sees(selector: string, text: string, there = true) {
    const wait = this.page.waitForFunction(
      (selector: string, text: string, there: boolean) => {
        const found = [...document.querySelectorAll<HTMLElement>(selector)].some(one => one.innerText.includes(text));
        return found === there;
      },
      {},
      selector,
      text,
      there,
    );
    await wait.catch(async () => {
      const shown = await this.texts(selector);
      throw new Error(`\`${selector}\` ${there ? 'does not show' : 'still shows'} \`${text}\`, but: ${shown.join(' | ')}`);
    });
  }

  async texts(selector: string): Promise<string[]> {
    return this.page.$$eval(selector, found => found.map(one => (one as HTMLElement).innerText.trim()));
  }

  /** Fills in the input that a label names; the mark of a required one does not count. */
  async fill(label: string, text: string) {
    const found = await this.page.waitForFunction(
      (label: string) => {
        const labels = [...document.querySelectorAll('label')];
        return labels.find(one => one.innerText.replace('*', '').trim() === label)?.htmlFor;
      },
      {},
      label,
    );
    await this.page.locator(`#${await found.jsonValue()}`).fill(text);
  }

  async press(name: string) {
    await this.page.locator(`aria/${name}[role="button"]`).click();
  }

  async tab(name: string) {
    await this.page.locator(`::-p-xpath(//*[@role="tab"][starts-with(normalize-space(), "${name}")])`).click();
  }

  async openFile(name: string) {
    await this.page.locator(`::-p-xpath(//nav//button[normalize-space(span[@class="name"])="${name}"])`).click();
  }

  async close() {
    await this.page.close();
  }
}
