//! Backstage's own filters: `parseRepoUrl`, `projectSlug`, `parseEntityRef`, `pick`.
