// The chat sample as people use it: Chromium, a desktop and a phone, later a third page, and a connection that breaks.
//
//   node chat-two-pages.mjs --url http://127.0.0.1:5000 --chromium /usr/bin/chromium [--screenshots DIR] [--timeout MS]
//
// CHROMIUM_PATH stands in for --chromium. Prints a "step" event for each thing seen, then "passed" (exit code 0) or "failed" (1).
// There are no fixed waits: every step waits for what it wants to see.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { breakableProxy } from './breakable-proxy.mjs';
import { emit, options } from './lines.mjs';

const given = options();
const executablePath = given.chromium ?? process.env.CHROMIUM_PATH;
if (!given.url || !executablePath) {
  console.error('usage: chat-two-pages.mjs --url URL --chromium PATH [--screenshots DIR] [--timeout MS]');
  process.exit(2);
}
const url = new URL(given.url);
const timeout = Number(given.timeout ?? 20_000);
const room = `room-${Date.now().toString(36)}`;
const consoleErrors = [];
const hostile = '<img src=x onerror="document.title=1"> <script>alert(1)</script> & "quotes"';

const desktop = { viewport: { width: 1280, height: 800 }, locale: 'en-GB' };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: 'en-GB', colorScheme: 'dark' };

function check(condition, words) {
  if (!condition) {
    throw new Error(words);
  }
}

async function shoot(page, name) {
  if (given.screenshots) {
    await mkdir(given.screenshots, { recursive: true });
    await page.screenshot({ animations: 'disabled', path: path.join(given.screenshots, `${name}.png`) });
  }
}

async function openPage(browser, look, who, { socket, expectErrors = false } = {}) {
  const context = await browser.newContext({ ...look, bypassCSP: Boolean(socket) });
  context.setDefaultTimeout(timeout);
  const page = await context.newPage();
  page.on('pageerror', (error) => consoleErrors.push(`${who}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expectErrors) {
      consoleErrors.push(`${who}: ${message.text()}`);
    }
  });
  if (socket) {
    await page.route('**/settings.json', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...await response.json(), socket } });
    });
  }
  await page.goto(new URL(`#${room}`, url).href);
  await page.getByLabel('Nickname').fill(who);
  return page;
}

async function enter(page) {
  await page.getByRole('button', { name: 'Enter the chat' }).click();
  await page.locator('#state[data-state="online"]').waitFor({ state: 'attached' });
}

async function say(page, text) {
  await page.getByRole('textbox', { name: `Message to ${room}` }).fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

const bubble = (page, text) => page.locator('.bubble .text').filter({ hasText: text });
const confirmed = (page, text) => page.locator('.row.mine:not(.pending):not(.failed)').filter({ hasText: text });
const people = (page) => page.locator('#people .person .name');

async function seePeople(page, names) {
  const wanted = [...names].sort((a, b) => a.localeCompare(b));
  await page.waitForFunction(
    (list) => JSON.stringify([...document.querySelectorAll('#people .person .name')].map((n) => n.textContent)) === list, JSON.stringify(wanted));
}

async function run(browser, gateway, proxy) {
  const step = (name) => emit('step', { name });
  const proxied = new URL(gateway);
  proxied.hostname = '127.0.0.1';
  proxied.port = proxy.port;

  const ada = await openPage(browser, desktop, 'Ada');
  await shoot(ada, '01-desktop-nickname');
  await enter(ada);
  step('the desktop is in the room');
  const grace = await openPage(browser, phone, 'Grace', { socket: proxied.href, expectErrors: true });
  await shoot(grace, '02-phone-nickname');
  await enter(grace);
  step('the phone is in the room');

  await seePeople(ada, ['Ada', 'Grace']);
  await seePeople(grace, ['Ada', 'Grace']);
  await ada.locator('.note').filter({ hasText: 'Grace joined' }).waitFor();
  step('both see who is here');

  await say(ada, 'Good morning! Did the release go out?');
  await bubble(grace, 'Did the release go out?').waitFor();
  await confirmed(ada, 'Did the release go out?').waitFor();
  await say(grace, 'It did, at nine. Notes are at https://example.com/notes 🎉');
  await bubble(ada, 'Notes are at').waitFor();
  await say(grace, 'Nothing on fire so far.');
  await bubble(ada, 'Nothing on fire').waitFor();
  check(await ada.locator('.bubble a[href="https://example.com/notes"][rel~="noopener"]').count() === 1, 'the address is no link');
  step('messages go both ways');

  await say(ada, hostile);
  await bubble(grace, hostile).waitFor();
  check(await grace.locator('.bubble img, .bubble script').count() === 0, 'a message became markup');
  step('a message stays text');

  await grace.getByRole('textbox', { name: `Message to ${room}` }).pressSequentially('Wait,');
  await ada.locator('#typing').filter({ hasText: 'Grace is typing' }).waitFor();
  await shoot(ada, '03-desktop-typing');
  await grace.getByRole('textbox', { name: `Message to ${room}` }).fill('');
  step('typing shows');

  await ada.getByRole('button', { name: 'Change your name' }).click();
  await ada.getByLabel('Nickname').fill('Ada L.');
  await ada.getByRole('button', { name: 'Save' }).click();
  await grace.locator('.note').filter({ hasText: 'Ada is now Ada L.' }).waitFor();
  await seePeople(grace, ['Ada L.', 'Grace']);
  step('a new name shows');

  const alan = await openPage(browser, { ...desktop, colorScheme: 'dark' }, 'Alan');
  await enter(alan);
  await bubble(alan, 'Nothing on fire').waitFor();
  check(await alan.locator('.bubble').count() === 4, 'the late page does not show the four messages');
  await seePeople(alan, ['Ada L.', 'Alan', 'Grace']);
  await seePeople(grace, ['Ada L.', 'Alan', 'Grace']);
  step('a late page sees history and people');

  proxy.cut();
  await grace.locator('#banner:not([hidden])').waitFor();
  await seePeople(ada, ['Ada L.', 'Alan']);
  await shoot(grace, '04-phone-lost');
  await say(alan, 'Said while Grace was away');
  await bubble(ada, 'Said while Grace was away').waitFor();
  await say(grace, 'Written offline');
  await grace.locator('.row.pending').filter({ hasText: 'Written offline' }).waitFor();
  proxy.mend();
  await grace.locator('#retry').click().catch(() => { /* It may have come back by itself just now. */ });
  await grace.locator('#state[data-state="online"]').waitFor({ state: 'attached' });
  await bubble(grace, 'Said while Grace was away').waitFor();
  await confirmed(grace, 'Written offline').waitFor();
  await bubble(ada, 'Written offline').waitFor();
  for (const page of [ada, grace, alan]) {
    const texts = await page.locator('.bubble .text').allTextContents();
    check(new Set(texts).size === texts.length && texts.length === 6, `not each message once: ${JSON.stringify(texts)}`);
  }
  await seePeople(ada, ['Ada L.', 'Alan', 'Grace']);
  step('a lost connection comes back, with what was missed, and nothing twice');

  await shoot(ada, '05-desktop');
  await shoot(alan, '06-desktop-dark');
  await shoot(grace, '07-phone');
  await grace.getByRole('button', { name: /^Who is here/ }).click();
  await people(grace).filter({ hasText: 'Alan' }).waitFor();
  await shoot(grace, '08-phone-people');
  await grace.keyboard.press('Escape');
  await grace.getByRole('button', { name: 'Rooms', exact: true }).click();
  await grace.getByRole('button', { name: /^random/ }).waitFor();
  await shoot(grace, '09-phone-rooms');
  await grace.getByRole('button', { name: /^random/ }).click();
  await grace.locator('#room-subtitle').filter({ hasText: 'here' }).waitFor();
  await seePeople(ada, ['Ada L.', 'Alan']);
  await ada.locator('.note').filter({ hasText: 'Grace left' }).nth(1).waitFor();
  step('rooms can be changed');

  await alan.context().close();
  await seePeople(ada, ['Ada L.']);
  step('who closes the page is gone');
  check(consoleErrors.length === 0, `the pages reported errors: ${consoleErrors.join(' | ')}`);
}

let browser;
let proxy;
try {
  const settings = await (await fetch(new URL('settings.json', url))).json();
  const gateway = new URL(settings.socket);
  proxy = await breakableProxy(gateway.hostname, Number(gateway.port || 80));
  browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync',
    ],
  });
  await run(browser, gateway, proxy);
  emit('passed');
} catch (error) {
  for (const [i, page] of (browser?.contexts() ?? []).flatMap((context) => context.pages()).entries()) {
    await shoot(page, `failed-${i}`).catch(() => {});
  }
  emit('failed', { message: error.cause ? `${error.message}: ${error.cause.message}` : error.message, consoleErrors });
  process.exitCode = 1;
} finally {
  await browser?.close();
  proxy?.close();
}
