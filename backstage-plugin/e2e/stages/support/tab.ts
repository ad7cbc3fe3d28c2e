// A page of the browser, and what one does in Backstage with it.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import type { Stage } from './stage.ts';
import type { Who } from './api.ts';

/** What one thing may take on a busy machine. */
const PATIENCE_MS = 30_000;
/** The folder that gets a picture of each stage; none are kept without it. */
const PICTURES = process.env['PICTURES'];

/** How the stock page shows a step of a task. */
export type StepState = 'waiting' | 'running' | 'green' | 'red';

/** A signed-in user's page. */
export class Tab {
  /** Errors of scripts, and loads that were refused. */
  readonly complaints: string[] = [];
  readonly stage: Stage;
  readonly page: Page;
  private readonly context: BrowserContext;

  private constructor(stage: Stage, page: Page, context: BrowserContext) {
    this.stage = stage;
    this.page = page;
    this.context = context;
  }

  /** Opens Backstage where one signs in. */
  static async open(stage: Stage): Promise<Tab> {
    const context = await stage.browser.newContext({
      viewport: { width: 1280, height: 860 },
      locale: 'en-US',
      timezoneId: 'UTC',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const tab = new Tab(stage, page, context);
    page.on('pageerror', error => tab.complaints.push(String(error)));
    page.on('console', message => {
      if (message.type() === 'error') tab.complaints.push(`${message.text()} (${message.location().url})`);
    });
    await page.goto(stage.url);
    return tab;
  }

  /** Opens Backstage and signs in: as a guest by the stock button, or as the colleague. */
  static async signedIn(stage: Stage, as: Who = 'guest'): Promise<Tab> {
    const tab = await Tab.open(stage);
    await tab.press(as === 'guest' ? 'Enter' : 'Enter as Jane');
    await tab.page.getByRole('link', { name: 'Create', exact: true }).first().waitFor();
    return tab;
  }

  /** Goes to a page by its address. */
  async go(path: string) {
    await this.page.goto(`${this.stage.url}${path}`);
  }

  async press(name: string) {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Fills in a field of a form. */
  async fill(label: string, text: string) {
    await this.page.getByRole('textbox', { name: label }).fill(text);
    // Fields with suggestions take what was typed in once they are left.
    await this.page.keyboard.press('Tab');
  }

  /** Takes what a field that looks things up offers for a text. */
  async choose(label: string, text: string) {
    await this.page.getByRole('textbox', { name: label }).fill(text);
    await this.page.getByRole('option', { name: text }).first().click();
  }

  /** Waits until the page shows a text. */
  async sees(text: string | RegExp) {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** Waits until the page says what went wrong, at its top and not in a log. */
  async fault(text: string | RegExp) {
    await this.page.getByRole('alert').filter({ hasText: text }).first().waitFor();
  }

  /** Waits until the page says of nothing any more that it went wrong. */
  async noFault() {
    await this.page.getByRole('alert').first().waitFor({ state: 'detached' });
  }

  /** Fills in where the repository is to be, on the page for it. */
  async place(owner: string, repository: string) {
    await this.fill('Owner', owner);
    await this.fill('Repository', repository);
  }

  /** Creates what was reviewed, and gives the task's id once its page is there. */
  async create(): Promise<string> {
    await this.press('Create');
    await this.page.waitForURL('**/create/tasks/*');
    return this.page.url().split('/').pop() ?? '';
  }

  /** Waits until a step of the task that is shown looks like this. */
  async step(name: string, state: StepState) {
    const step = this.page.getByTestId('step-label').filter({ hasText: name });
    await step.waitFor();
    await this.page.waitForFunction(
      ([name, wanted]) => {
        const all = [...document.querySelectorAll<HTMLElement>('[data-testid=step-label]')];
        const step = all.find(one => one.innerText.includes(name));
        if (!step) return false;
        const icon = step.querySelector('svg')?.parentElement;
        const [red, green, blue] = (icon ? getComputedStyle(icon).color : '').match(/\d+/g)?.map(Number) ?? [];
        let state = 'waiting';
        if (step.querySelector('[role=progressbar]')) state = 'running';
        else if (red === undefined || green === undefined || blue === undefined) state = 'unknown';
        else if (green > red && green > blue) state = 'green';
        else if (red > green && red > blue) state = 'red';
        return state === wanted;
      },
      [name, state] as const,
    );
  }

  /** Follows a link that opens a page of its own. */
  async follow(link: Locator): Promise<Page> {
    const [opened] = await Promise.all([this.context.waitForEvent('page'), link.click()]);
    await opened.waitForLoadState();
    return opened;
  }

  /** Keeps a picture, if pictures are wanted. */
  async picture(name: string, page: Page = this.page) {
    if (!PICTURES) return;
    mkdirSync(PICTURES, { recursive: true });
    // What still moves would look different each time.
    await page.waitForTimeout(700);
    await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }

  /** Ends the session, and holds the page to what it may complain of: nothing. */
  async close() {
    await this.context.close();
    assert.deepEqual(this.complaints, []);
  }
}

/** Runs a test with a page of its own, which is held to be without complaints. */
export async function as(who: Who, stage: Stage, body: (tab: Tab) => Promise<void>) {
  const tab = await Tab.signedIn(stage, who);
  try {
    await body(tab);
  } catch (error) {
    await tab.picture('failed');
    const shown = await tab.page.locator('body').innerText();
    tab.complaints.length = 0;
    await tab.close();
    throw new Error(`${String(error)}\n--- the page shows:\n${shown}`, { cause: error });
  }
  await tab.close();
}
