import type { TemplateExample } from '@backstage/plugin-scaffolder-node';

/** What the list of installed actions shows. */
export const examples: TemplateExample[] = [
  {
    description: 'Run a golden path of Stagecraft with what the form asked for',
    example: `steps:
  - id: service
    name: Create the service
    action: stagecraft:run
    input:
      templateRef: template:default/rust-service
      values:
        name: \${{ parameters.name }}
        owner: \${{ parameters.owner }}
`,
  },
  {
    description: 'Hand a secret of the task on, and use what the run put out',
    example: `steps:
  - id: service
    action: stagecraft:run
    input:
      templateRef: template:default/rust-service
      values:
        name: \${{ parameters.name }}
      secrets:
        USER_OAUTH_TOKEN: \${{ secrets.USER_OAUTH_TOKEN }}
output:
  links:
    - title: Repository
      url: \${{ steps.service.output.output.remoteUrl }}
`,
  },
];
