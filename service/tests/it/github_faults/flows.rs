//! The ways in which tasks use GitHub, each short, all together with every request that changes anything.
//!
//! `${{ parameters.name }}` is the repository of a run; where a flow needs one that is [`There`](Flow::there), it has
//! `README.md`, `docs/old.md`, `CODEOWNERS` and `.github/workflows/deploy.yaml` on its branch `main`.

/// Steps, and what they need.
pub(super) struct Flow {
    /// The lines below `steps:`; `REPO` stands for the repository's `repoUrl`.
    pub(super) steps: &'static str,
    /// Whose repository it is.
    pub(super) owner: &'static str,
    /// Whether the repository is there before.
    pub(super) there: bool,
    /// Whether commits are made through the API.
    pub(super) by_api: bool,
    /// Whether what is published holds the repository's name, so that no two runs publish the same.
    pub(super) named: bool,
    /// Of whose requests nobody can tell afterwards whether they were done: a lost answer is told, not asked for again.
    pub(super) untold: &'static [&'static str],
}

const fn new(steps: &'static str) -> Flow {
    Flow { steps, owner: "acme", there: false, by_api: false, named: false, untold: &[] }
}

const fn there(steps: &'static str) -> Flow {
    Flow { there: true, ..new(steps) }
}

/// Files to publish, one of them no text.
macro_rules! fetched {
    ($steps:literal) => {
        concat!("- { id: files, action: 'fetch:template', input: { url: ./skeleton, values: {} } }\n", $steps)
    };
}

pub(super) const PUBLISH: Flow = new(fetched!(
    r"- id: publish
  action: publish:github
  input:
    repoUrl: REPO
    description: Sells things
    homepage: https://shop.acme.io
    repoVisibility: public
    topics: [Rust, web-shop]
    hasIssues: true
    hasWiki: false
    hasProjects: false
    deleteBranchOnMerge: true
    allowMergeCommit: false
    allowAutoMerge: true
    allowUpdateBranch: true
    squashMergeCommitTitle: PR_TITLE
    squashMergeCommitMessage: PR_BODY
    requiredApprovingReviewCount: 2
    requireCodeOwnerReviews: true
    dismissStaleReviews: true
    bypassPullRequestAllowances: { teams: [security] }
    restrictions: { users: [], teams: [platform] }
    requiredStatusCheckContexts: [ci]
    requiredConversationResolution: true
    requireLastPushApproval: true
    requiredCommitSigning: true
    requiredLinearHistory: true"
));

pub(super) const PUBLISH_FOR_PEOPLE: Flow = new(fetched!(
    r"- id: publish
  action: publish:github
  input:
    repoUrl: REPO
    protectDefaultBranch: false
    access: acme/platform
    collaborators: [{ user: joe, access: push }, { user: guest, access: triage }, { team: security, access: maintain }]"
));

pub(super) const PUBLISH_WITH_VALUES: Flow = new(fetched!(
    r"- id: publish
  action: publish:github
  input:
    repoUrl: REPO
    protectDefaultBranch: false
    repoVariables: { REGION: eu, STAGE: test }
    secrets: { NPM_TOKEN: hunter2, OTHER: hunter3 }
    oidcCustomization: { useDefault: false, includeClaimKeys: [repo, context] }
    customProperties: { tier: gold }"
));

pub(super) const PUBLISH_AS_A_USER: Flow = new(fetched!(
    r"- id: publish
  action: publish:github
  input: { repoUrl: REPO, token: '${{ secrets.user }}', subscribe: true, protectDefaultBranch: false }"
));

pub(super) const PUBLISH_FOR_ONESELF: Flow = Flow { owner: "jane", ..PUBLISH_AS_A_USER };

pub(super) const PUBLISH_BY_API: Flow = Flow {
    by_api: true,
    ..new(fetched!(
        r"- id: publish
  action: publish:github
  input: { repoUrl: REPO, protectDefaultBranch: false }"
    ))
};

pub(super) const CREATE_AND_PUSH: Flow = new(fetched!(
    r"- id: create
  action: github:repo:create
  input: { repoUrl: REPO, workflowAccess: organization }
- id: push
  action: github:repo:push
  input: { repoUrl: REPO, requiredApprovingReviewCount: 1 }"
));

pub(super) const GENERATE: Flow = new(r"- id: generate
  action: github:repo:generate
  input: { repoUrl: REPO, templateRepoUrl: 'github.com?owner=acme&repo=template', topics: [a], hasWiki: false }");

pub(super) const PULL_REQUEST: Flow = there(fetched!(
    r"- id: change
  action: publish:github:pull-request
  input:
    repoUrl: REPO
    branchName: add
    title: Add
    description: It is needed
    filesToDelete: [docs/old.md]
    reviewers: [joe]
    teamReviewers: [security]
    assignees: [joe]
- id: merge
  action: github:pull-request:merge
  input: { repoUrl: REPO, number: '${{ steps.change.output.pullRequestNumber }}', mergeMethod: squash }"
));

pub(super) const ANOTHER_COMMIT: Flow = there(
    r"- { id: file, action: 'roadiehq:utils:fs:write', input: { path: one.md, content: one } }
- { id: change, action: 'publish:github:pull-request', input: { repoUrl: REPO, branchName: add, title: Add, description: '' } }
- { id: more, action: 'roadiehq:utils:fs:write', input: { path: two.md, content: two } }
- id: again
  action: publish:github:pull-request
  input: { repoUrl: REPO, branchName: add, title: Add more, description: It is needed, update: true }",
);

/// From a fork of the user's own.
pub(super) const FORK: Flow = there(
    r"- { id: file, action: 'roadiehq:utils:fs:write', input: { path: one.md, content: one } }
- id: change
  action: publish:github:pull-request
  input: { repoUrl: REPO, token: '${{ secrets.user }}', branchName: add, title: Add, description: '', forceFork: true }",
);

pub(super) const WIRE: Flow = there(
    r"- id: wire
  action: github:actions:wire
  input:
    repoUrl: REPO
    variables: { REGION: eu }
    secrets: { NPM_TOKEN: hunter2 }
    dependabotSecrets: { NPM_TOKEN: hunter2 }
    environments:
      production:
        branches: [main]
        tags: [v*]
        reviewers: ['group:default/platform', 'user:default/jane']
        waitTimer: 10
        variables: { STAGE: production }
        secrets: { DEPLOY_KEY: hunter2 }
    oidc: { useDefault: false, includeClaimKeys: [repo, environment] }
    workflows: { defaultPermission: write, canApprovePullRequests: true, access: organization }
    requiredChecks: [ci]
    dispatch: { workflow: deploy.yaml, inputs: { stage: test } }",
);

/// What the first steps set is changed by the later ones.
pub(super) const CHANGES: Flow = there(
    r"- id: wire
  action: github:actions:wire
  input: { repoUrl: REPO, variables: { REGION: eu }, requiredChecks: [ci], environments: { test: { branches: [main], variables: { STAGE: a } } } }
- { id: hook, action: 'github:webhook', input: { repoUrl: REPO, webhookUrl: 'https://ci.acme.io/hook', webhookSecret: a, events: [push] } }
- { id: link, action: 'github:autolinks:create', input: { repoUrl: REPO, keyPrefix: SHOP-, urlTemplate: 'https://a.acme.io/<num>' } }
- { id: pages, action: 'github:pages:enable', input: { repoUrl: REPO, buildType: workflow } }
- id: rewire
  action: github:actions:wire
  input: { repoUrl: REPO, variables: { REGION: us }, requiredChecks: [ci, lint], environments: { test: { branches: ['release/*'], variables: { STAGE: b } } } }
- { id: hook2, action: 'github:webhook', input: { repoUrl: REPO, webhookUrl: 'https://ci.acme.io/hook', webhookSecret: b, events: [push, release] } }
- { id: link2, action: 'github:autolinks:create', input: { repoUrl: REPO, keyPrefix: SHOP-, urlTemplate: 'https://b.acme.io/<num>' } }
- { id: pages2, action: 'github:pages:enable', input: { repoUrl: REPO, buildType: legacy, sourceBranch: main, sourcePath: /docs } }",
);

/// What GitHub keeps beside the code.
pub(super) const BESIDE: Flow = there(
    r"- id: key
  action: github:deployKey:create
  input: { repoUrl: REPO, publicKey: '${{ parameters.key }}', privateKey: hunter2, deployKeyName: ci }
- { id: people, action: 'github:collaborators:add', input: { repoUrl: REPO, collaborators: [{ user: joe, access: push }, { user: guest, access: pull }] } }
- { id: properties, action: 'github:custom-properties:set', input: { repoUrl: REPO, properties: { tier: gold } } }
- { id: dependabot, action: 'github:dependabot:secrets', input: { repoUrl: REPO, secrets: { A: hunter2 } } }
- { id: protect, action: 'github:branch-protection:create', input: { repoUrl: REPO, requiredCommitSigning: true } }
- id: rules
  action: github:ruleset:create
  input: { repoUrl: REPO, name: default branch, rules: [{ type: deletion }, { type: non_fast_forward }] }
- id: environment
  action: github:environment:create
  input: { repoUrl: REPO, name: test, environmentVariables: { A: '1' }, secrets: { B: hunter2 }, customBranchPolicyNames: [main] }",
);

/// What the first steps set beside the code is changed by the later ones.
pub(super) const CHANGES_BESIDE: Flow = there(
    r"- id: key
  action: github:deployKey:create
  input: { repoUrl: REPO, publicKey: '${{ parameters.key }}', privateKey: hunter2, deployKeyName: ci }
- { id: people, action: 'github:collaborators:add', input: { repoUrl: REPO, collaborators: [{ user: guest, access: pull }] } }
- { id: protect, action: 'github:branch-protection:create', input: { repoUrl: REPO, requiredCommitSigning: true } }
- { id: rules, action: 'github:ruleset:create', input: { repoUrl: REPO, name: all, rules: [{ type: deletion }] } }
- id: key2
  action: github:deployKey:create
  input: { repoUrl: REPO, publicKey: '${{ parameters.otherKey }}', privateKey: hunter3, deployKeyName: ci }
- { id: people2, action: 'github:collaborators:add', input: { repoUrl: REPO, collaborators: [{ user: guest, access: triage }] } }
- { id: protect2, action: 'github:branch-protection:create', input: { repoUrl: REPO, requiredCommitSigning: false } }
- { id: rules2, action: 'github:ruleset:create', input: { repoUrl: REPO, name: all, rules: [{ type: non_fast_forward }] } }",
);

pub(super) const ISSUE: Flow = there(
    r"- id: issue
  action: github:issues:create
  input: { repoUrl: REPO, title: Next steps, body: Read, labels: [review], assignees: [joe] }
- { id: label, action: 'github:issues:label', input: { repoUrl: REPO, number: '${{ steps.issue.output.issueNumber }}', labels: [made] } }
- id: run
  action: github:actions:dispatch
  input: { repoUrl: REPO, workflowId: deploy.yaml, branchOrTagName: main, workflowInputs: { stage: test }, returnWorkflowRunDetails: true }",
);

pub(super) const EVENT: Flow = Flow {
    untold: &["repos/create-dispatch-event"],
    ..there(
        r"- { id: tell, action: 'github:repository-dispatch', input: { repoUrl: REPO, eventType: go, clientPayload: { name: demo } } }",
    )
};

/// What the repository of [`REGISTER`] says of itself as soon as everything is set in it.
pub(super) const DESCRIPTION: &str = "Sells things";

/// Into the catalog, by a file that was published. No request to GitHub changes anything after the description.
pub(super) const REGISTER: Flow = Flow {
    named: true,
    ..new(r"- id: write
  action: catalog:write
  input:
    entity:
      apiVersion: backstage.io/v1alpha1
      kind: Component
      metadata: { name: '${{ parameters.name }}' }
      spec: { type: service, lifecycle: experimental, owner: platform }
- id: publish
  action: publish:github
  input: { repoUrl: REPO, description: Sells things, protectDefaultBranch: false, repoVariables: { REGION: eu } }
- id: register
  action: catalog:register
  input: { repoContentsUrl: '${{ steps.publish.output.repoContentsUrl }}' }")
};

/// All of the others, in groups that are about the same.
pub(super) const PUBLISHING: [&Flow; 4] =
    [&PUBLISH, &PUBLISH_FOR_PEOPLE, &PUBLISH_AS_A_USER, &PUBLISH_FOR_ONESELF];
pub(super) const VALUES_AND_API: [&Flow; 2] = [&PUBLISH_WITH_VALUES, &PUBLISH_BY_API];
pub(super) const CREATING: [&Flow; 2] = [&CREATE_AND_PUSH, &GENERATE];
pub(super) const WORKING_TOGETHER: [&Flow; 5] = [&PULL_REQUEST, &ANOTHER_COMMIT, &FORK, &ISSUE, &EVENT];
pub(super) const SETTING: [&Flow; 4] = [&WIRE, &CHANGES, &BESIDE, &CHANGES_BESIDE];
