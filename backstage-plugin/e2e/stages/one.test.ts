import { after } from 'node:test';
import { strike } from './support/stage.ts';
import './users.test.ts';
after(strike);
