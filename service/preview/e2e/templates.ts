// Templates that the tests write.

/** A small one with two pages. */
export const ORDERS = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: orders, title: Orders}
spec:
  type: service
  parameters:
    - title: The service
      description: Says *what* it is.
      required: [name]
      properties:
        name: {title: Name, type: string, pattern: '^[a-z-]+$', ui:help: Lower-case letters.}
        about: {title: About, type: string, ui:widget: textarea, default: An API.}
    - title: The repository
      required: [repoUrl]
      properties:
        repoUrl: {title: Place, type: string, ui:field: RepoUrlPicker, ui:options: {allowedHosts: [github.com]}}
        token: {title: Token, type: string, ui:field: Secret}
        key: {title: Key, type: string, default: k-1, ui:backstage: {review: {mask: '<the key>'}}}
  steps:
    - id: fetch
      name: Render the skeleton
      action: fetch:template
      input: {url: ./skeleton, values: {name: '\${{ parameters.name }}', about: '\${{ parameters.about }}'}}
    - id: never
      name: Never
      if: \${{ parameters.name === 'nobody' }}
      action: debug:log
      input: {message: Hello}
    - id: publish
      name: Publish
      action: publish:github
      input: {repoUrl: '\${{ parameters.repoUrl }}', description: 'with \${{ secrets.token }}'}
  output:
    links:
      - {title: Repository, url: '\${{ steps.publish.output.remoteUrl }}'}
`;

/** Every widget and field that the page knows. */
export const WIDGETS = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: widgets, title: Widgets}
spec:
  type: service
  parameters:
    - title: Widgets
      ui:order: [size, '*']
      properties:
        password: {title: Password, type: string, ui:widget: password}
        text: {title: Long text, type: string, ui:widget: textarea}
        kind: {title: Kind, type: string, enum: [api, job], ui:widget: radio, default: api}
        regions: {title: Regions, type: array, uniqueItems: true, items: {type: string, enum: [eu, us]}, ui:widget: checkboxes}
        hidden: {title: Hidden, type: string, default: h, ui:widget: hidden}
        fixed: {title: Fixed, type: string, default: f, ui:disabled: true}
        size: {title: Size, type: string, enum: [s, l], enumNames: [Small, Large]}
        public: {title: Public, type: boolean}
        ports: {title: Ports, type: array, items: {title: Port, type: integer}}
      dependencies:
        kind:
          oneOf:
            - properties: {kind: {enum: [api]}, route: {title: Route, type: string}}
            - properties: {kind: {enum: [job]}, schedule: {title: Schedule, type: string}}
    - title: Fields
      properties:
        owner: {title: Owner, type: string, ui:field: OwnerPicker}
        entity: {title: Entity, type: string, ui:field: EntityPicker, ui:options: {catalogFilter: {kind: System}}}
        owned: {title: Owned, type: string, ui:field: OwnedEntityPicker}
        groups: {title: Groups, type: string, ui:field: MyGroupsPicker}
        name: {title: Component, type: string, ui:field: EntityNamePicker}
        branch: {title: Branch, type: string, ui:field: RepoBranchPicker}
        tags: {title: Tags, type: array, items: {type: string}, ui:field: EntityTagsPicker}
        many: {title: Many, type: array, items: {type: string}, ui:field: MultiEntityPicker}
        azure: {title: Azure, type: string, ui:field: RepoUrlPicker, ui:options: {allowedHosts: [dev.azure.com], requestUserCredentials: {secretsKey: azureToken}}}
        own: {title: Our own, type: string, ui:field: OurOwnField}
  steps:
    - id: show
      name: Show
      action: debug:log
      input: {message: '\${{ parameters | dump }}'}
    - id: hide
      name: Hide
      action: debug:log
      input: {message: '\${{ secrets.azureToken }}'}
`;
