// All stages in one process, so that one Backstage serves them all; and what must hold after them.

import { after } from 'node:test';
import { strike } from './support/stage.ts';
import './create.test.ts';
import './tasks.test.ts';

after(strike);
