import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage } from '../testing/stage';

test('Backstage stops although pages follow tasks, and their streams end', async () => {
  const stage = await Stage.open();
  stage.service.on('GET', '/api/scaffolder/v2/tasks/1/eventstream', (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
  });
  const page = await stage.fetch('/v2/tasks/1/eventstream', { token: await stage.user() });
  const whole = page.text();
  await stage.stopBackstage();
  assert.equal(await whole, 'data: 1\n\n');
  await stage.close();
});
