// Two people in two Chromium pages who go on talking while the fleet under the chat sample loses its nodes and is rolled.
//
// Options: --url URL of the page, --chromium PATH, --timeout MS (30000) for what the page must get to.
//
// Commands: { "command": "check", "name": text }   once both are online again: each hears what the other says from now on; answered by
//                                                   checked { name, took, sockets }   took: ms from the command to the last of these
//           { "command": "haunt" }                  a third page, Alan, comes in; answered by haunted
//           { "command": "exorcise" }               Alan's page is gone without a chance to come back; both others must see him leave; answered by exorcised { took }
//           { "command": "end" }                    everything said so far must be in both pages, once and in the same order, and both people there; answered by
//                                                   passed { said, reconnects, longestSilence }
//                                                   longestSilence: ms, the longest that a message took to be confirmed
// Anything that is not as it must be: failed { message, consoleErrors }, and exit code 1.

import { chromium } from 'playwright-core';
import { emit, options, runCommands } from './lines.mjs';

const given = options();
const executablePath = given.chromium ?? process.env.CHROMIUM_PATH;
if (!given.url || !executablePath) {
  console.error('usage: chat-fleet.mjs --url URL --chromium PATH [--timeout MS]');
  process.exit(2);
}
const timeout = Number(given.timeout ?? 30_000);
const room = `fleet-${Date.now().toString(36)}`;
const pageErrors = [];
const people = [];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function check(condition, words) {
  if (!condition) {
    throw new Error(words);
  }
}

/** A page, and what it says: something each 700 ms, one after the other, whatever happens to its connection. */
async function come(browser, who, { talks = true } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  context.setDefaultTimeout(timeout);
  const page = await context.newPage();
  const person = { who, page, context, sockets: 0, said: [], slowest: 0, talking: null, isQuiet: !talks };
  page.on('pageerror', (error) => pageErrors.push(`${who}: ${error.message}`));
  page.on('websocket', () => person.sockets++);
  await page.goto(new URL(`#${room}`, given.url).href);
  await page.getByLabel('Nickname').fill(who);
  await page.getByRole('button', { name: 'Enter the chat' }).click();
  await isOnline(person);
  if (talks) {
    person.talking = talk(person);
    person.talking.catch(() => { /* Whoever awaits it sees it. */ });
  }
  return person;
}

const isOnline = (person) => person.page.locator('#state[data-state="online"]').waitFor({ state: 'attached' });
const confirmed = (person, text) => person.page.locator('.row.mine:not(.pending):not(.failed)').filter({ hasText: text });

async function say(person, text) {
  const at = performance.now();
  person.said.push(text);
  await person.page.getByRole('textbox', { name: `Message to ${room}` }).fill(text);
  await person.page.getByRole('button', { name: 'Send', exact: true }).click();
  await confirmed(person, text).waitFor();
  person.slowest = Math.max(person.slowest, performance.now() - at);
}

async function talk(person) {
  for (let n = 1; !person.isQuiet; n++) {
    await say(person, `${person.who} says [${n}]`);
    await pause(700);
  }
}

const bubble = (person, text) => person.page.locator('.bubble .text').filter({ hasText: text });

const seePeople = (person, names) => person.page.waitForFunction(
  (list) => JSON.stringify([...document.querySelectorAll('#people .person .name')].map((n) => n.textContent)) === list, JSON.stringify(names));

/** The next thing that each of two says is heard by the other. */
async function hearEachOther(one, other) {
  await Promise.all([[one, other], [other, one]].map(async ([speaker, listener]) => {
    const from = speaker.said.length;
    while (speaker.said.length === from) {
      // A conversation that has died says why.
      await Promise.race([pause(20), speaker.talking]);
    }
    await bubble(listener, speaker.said[from]).waitFor();
    await confirmed(speaker, speaker.said[from]).waitFor();
  }));
}

async function fail(error) {
  const rows = (person) => person.page.locator('.row').allInnerTexts();
  emit('failed', { message: error.message, pageErrors, last: await Promise.all(people.map((person) => rows(person).then((all) => all.slice(-5), () => '?'))) });
  await browser?.close();
  process.exit(1);
}

let browser;
let alan;
const names = ['Ada', 'Grace'];
try {
  browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
    ],
  });
  for (const who of names) {
    people.push(await come(browser, who));
  }
  await hearEachOther(...people);
  emit('ready');
} catch (error) {
  await fail(error);
}

const orFail = (command) => (request) => command(request).catch(fail);

await runCommands({
  check: orFail(async ({ name }) => {
    const at = performance.now();
    await Promise.all(people.map(isOnline));
    await hearEachOther(...people);
    emit('checked', { name, took: Math.round(performance.now() - at), sockets: people.map((person) => person.sockets) });
  }),

  haunt: orFail(async () => {
    alan = await come(browser, 'Alan', { talks: false });
    await Promise.all(people.map((person) => seePeople(person, ['Ada', 'Alan', 'Grace'])));
    emit('haunted');
  }),

  exorcise: orFail(async () => {
    const at = performance.now();
    await alan.context.close();
    await Promise.all(people.map((person) => seePeople(person, names)));
    emit('exorcised', { took: Math.round(performance.now() - at) });
  }),

  end: orFail(async () => {
    for (const person of people) {
      person.isQuiet = true;
    }
    await Promise.all(people.map((person) => person.talking));
    const said = people.flatMap((person) => person.said);
    await Promise.all(people.map((person) => person.page.waitForFunction(
      (count) => document.querySelectorAll('.bubble .text').length >= count, said.length)));
    const seen = await Promise.all(people.map((person) => person.page.locator('.bubble .text').allTextContents()));
    for (const [i, texts] of seen.entries()) {
      const missing = said.filter((text) => !texts.includes(text));
      check(missing.length === 0 && texts.length === said.length, `${names[i]} misses ${JSON.stringify(missing)} and sees ${texts.length} of ${said.length}`);
    }
    const at = seen[0].findIndex((text, i) => text !== seen[1][i]);
    check(at < 0, `not the same order in both: ${JSON.stringify(seen.map((texts) => texts.slice(at, at + 6)))}`);
    await Promise.all(people.map((person) => seePeople(person, names)));
    check(pageErrors.length === 0, `the pages reported errors: ${pageErrors.join(' | ')}`);
    emit('passed', {
      said: said.length, reconnects: people.map((person) => person.sockets - 1), longestSilence: Math.round(Math.max(...people.map((person) => person.slowest))),
    });
  }),
});
await browser.close();
