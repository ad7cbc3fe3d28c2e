export { stagecraftServiceRef } from '@stagecraft/backstage-plugin-stagecraft-node';
