// All stages in one process, so that one Backstage serves them all.

import { after } from 'node:test';
import { strike } from './support/stage.ts';
import './start.test.ts';
import './create.test.ts';
import './golden-path.test.ts';
import './users.test.ts';
import './import.test.ts';
// The last ones end Backstage and the service in between.
import './tasks.test.ts';

after(strike);
