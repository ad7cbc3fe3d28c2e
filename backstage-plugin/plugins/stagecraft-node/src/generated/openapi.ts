// Made by `make generate` from service/openapi.json: change that, not this.

export interface paths {
    "/.backstage/health/v1/liveness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The process answers. */
        get: operations["GetBackstageLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.backstage/health/v1/readiness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Requests can be served. */
        get: operations["GetBackstageReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/.backstage/actions/v1/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What agents and plugins of Backstage can do with the scaffolder. The dry run is not listed to those whom Backstage's policy does not let make one. */
        get: operations["ListAgentActions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/.backstage/actions/v1/actions/{actionId}/invoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Does what the action says, as the caller and with what the caller may do. */
        post: operations["InvokeAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/.backstage/actions/v2/actions/{actionId}/invoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Does what the action says, as the caller and with what the caller may do. */
        post: operations["InvokeActionWrapped"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/.backstage/auth/v1/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The public keys with which Backstage verifies this service's tokens. Not there where both share a token, or no Backstage is configured. */
        get: operations["ListScaffolderKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/.well-known/backstage/permissions/apply-conditions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Holds conditions of a policy to tasks (`scaffolder-task`) and templates (`stagecraft-template`). What is not there fits none. */
        post: operations["ApplyScaffolderConditions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/.well-known/backstage/permissions/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The permissions and rules that policies can name. */
        get: operations["GetScaffolderPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description This document. */
        get: operations["GetApiDescription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The actions that steps can name, by id. */
        get: operations["ListActions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/autocomplete/{provider}/{resource}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Choices for a form field, as the token in the body may see them. Provider `github`: `owners`, `repositoriesWithOwner`, and `branches` with `owner` and `repository` in the context; `host` in the context names the host. */
        post: operations["Autocomplete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Runs a posted template without changing anything outside. A failing step is an error under the step's error name. */
        post: operations["DryRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists tasks, newest first unless told otherwise. */
        get: operations["ListTasks"];
        put?: never;
        /** @description Creates a task from a template. Values are checked against each page of the form; defaults of the form are not filled in. With `Idempotency-Key` a request can be repeated: it is answered with the task that it created first. */
        post: operations["Scaffold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/tasks/{taskId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A task: what it was created from, and its state. Secrets and outputs of steps are no part of it. */
        get: operations["GetTask"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/tasks/{taskId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Asks a task to stop. One that waits ends at once; one that has ended is left as it is. */
        post: operations["CancelTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/tasks/{taskId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Events of a task by long poll: answers as soon as there is one, and with an empty list after 30 seconds. */
        get: operations["StreamLogsPolling"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/tasks/{taskId}/eventstream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Events of a task as server-sent events, each with its id; ends after the completion. Comments keep the connection alive. */
        get: operations["StreamLogsEventStream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/tasks/{taskId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Starts a task over that has ended. What it has already done outside is not done again. */
        post: operations["Retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The form of a template, page by page. */
        get: operations["GetTemplateParameterSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scaffolder/v2/templating-extensions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Filters beyond those of the template language itself. */
        get: operations["ListTemplatingExtensions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/.backstage/auth/v1/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The public keys with which Backstage verifies this service's tokens. Not there where both share a token, or no Backstage is configured. */
        get: operations["ListStagecraftKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/.well-known/backstage/permissions/apply-conditions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Holds conditions of a policy to tasks (`scaffolder-task`) and templates (`stagecraft-template`). What is not there fits none. */
        post: operations["ApplyStagecraftConditions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/.well-known/backstage/permissions/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The permissions and rules that policies can name. */
        get: operations["GetStagecraftPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/analyze-location": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Reads a repository and lists the entities of its catalog files; where it has none, proposes an entity with the reason for each value. Only hosts of `forges`, `git.credentials` and `git.rewrites` are read. Takes and answers what Backstage's `POST /api/catalog/analyze-location` does. For services only. */
        post: operations["AnalyzeLocation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/catalog/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The entities that a catalog can take over: those that tasks have registered, and the templates of the library. Without `after` everything there is, page by page; read on with the cursor of the answer until `more` is false, keep the cursor, and ask with it later for what changed since. For services only. */
        get: operations["ListCatalogChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Deliveries and what became of them, newest first. For services only. */
        get: operations["ListDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/deliveries/{deliveryId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One delivery. For services only. */
        get: operations["GetDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Does again what a delivery says: one that failed is planned anew, one that was planned has its changes seen to once more. For services only. */
        post: operations["ReplayDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Runs a template, of the library or posted, without changing anything outside. What keeps it from running and what fails in it is part of the answer, with the log; the files can be held against a repository that is there. */
        post: operations["TryOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/entities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Every entity that tasks have registered with this service; for services. */
        get: operations["ListEntities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description A delivery of GitHub that a Backstage has received and verified, passed on as an event. For services only. */
        post: operations["ForwardEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/repositories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The repositories that are looked after, how they stand and what is made of them, in the order of their names, page by page; and the owners all of whose repositories are. A user of Backstage needs `catalog.location.read`. */
        get: operations["ListRepositories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/repositories/onboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Has repositories, or all repositories of owners, looked after from now on: their entities come into the catalog feed, and with `pull-request` each repository without a catalog file gets a pull request that brings one. The work is done after the answer; `GET /api/stagecraft/v1/repositories` tells how it goes. A user of Backstage needs `catalog.location.create`. */
        post: operations["OnboardRepositories"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stagecraft/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Every template of the configured sources that the caller may run; to those who may run all of them also the broken ones, with the place of each fault. */
        get: operations["ListTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The process answers. */
        get: operations["GetHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Numbers in Prometheus' text form. */
        get: operations["GetMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description This document. */
        get: operations["GetOpenApiDescription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Requests can be served. */
        get: operations["GetReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/github": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description What GitHub delivers. The signature over the bytes of the body, made with one of the secrets of the settings, is the credential. At most 25 MB. */
        post: operations["ReceiveGitHubDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Action: {
            description: string;
            examples: {
                description: string;
                example: string;
            }[];
            id: string;
            schema: {
                input: {
                    [key: string]: unknown;
                };
                output?: {
                    [key: string]: unknown;
                };
            };
        };
        AnalyzeLocationRequest: {
            /** @description What catalog files are called; `catalog-info.yaml` if left out */
            catalogFilename?: string;
            location: {
                /** @description Address of a repository, or of a folder in one */
                target: string;
                /** @enum {string} */
                type: "url";
            };
        };
        AnalyzeLocationResponse: {
            existingEntityFiles: {
                entity: {
                    [key: string]: unknown;
                };
                /** @description Whether a task has registered the file with this service */
                isRegistered: boolean;
                location: {
                    target: string;
                    type: string;
                };
            }[];
            generateEntities: {
                /** @description As far as it could be told */
                entity: {
                    [key: string]: unknown;
                };
                fields: {
                    /** @description Why, naming the file that it was taken from */
                    description: string;
                    /** @description Path of the field, such as `spec.owner` */
                    field: string;
                    /** @enum {string} */
                    state: "analysisSuggestedValue" | "analysisSuggestedNoValue" | "needsUserInput";
                    value: string | null;
                }[];
            }[];
        };
        CatalogChanges: {
            changes: {
                /** @description The entity as it is now; null if it was removed, which only follows a cursor */
                entity: {
                    [key: string]: unknown;
                } | null;
                /** @description `kind:namespace/name` in lower case */
                entityRef: string;
            }[];
            /** @description Where the reader stands now; opaque */
            cursor: string;
            /** @description Whether there is more to read now */
            more: boolean;
            /** @description The given cursor means nothing here: forget what was read, this page is the first of everything there is */
            reset: boolean;
        };
        ComparedFile: {
            /** @enum {string} */
            change: "added" | "changed" | "removed";
            /**
             * @description Only text has a `diff`
             * @enum {string}
             */
            content: "text" | "binary" | "secret" | "tooLong";
            /** @description Unified; empty where only the mode differs */
            diff?: string;
            /** @description Git's modes before and after, where they differ */
            modes?: string[];
            path: string;
        };
        CompareWith: {
            /** @description `https://github.com/acme/shop`, with `/tree/<revision>/<folder>` behind it or not, or `github.com?owner=acme&repo=shop` */
            repository: string;
            /** @description The folder of the workspace that is the repository's content */
            sourcePath?: string;
        };
        Comparison: {
            added: components["schemas"]["Count"];
            changed: components["schemas"]["Count"];
            /** @description What was compared with */
            commit?: string;
            files: components["schemas"]["ComparedFile"][];
            /** @description Files that only the repository has */
            removed: number;
            repository: string;
            unchanged: components["schemas"]["Count"];
        };
        Count: number;
        Delivery: {
            /** @description `owner/name`, or the owner */
            about?: string;
            action?: string;
            /** @description What was left for the catalog */
            changes: ({
                kind: string;
            } & {
                [key: string]: unknown;
            })[];
            event: string;
            /** @description The forge whose secret it was signed with */
            host: string;
            /** @description `x-github-delivery` */
            id: string;
            /** Format: date-time */
            plannedAt?: string;
            /** @description Why it was ignored, or could not be planned */
            reason?: string;
            /** Format: date-time */
            receivedAt: string;
            /** @description How often it came again */
            repeats: number;
            /** @description Bytes that came */
            size: number;
            /** @enum {string} */
            source: "github" | "backstage";
            /** @enum {string} */
            state: "received" | "planned" | "ignored" | "failed";
        };
        DryRunResult: {
            directoryContents: components["schemas"]["MadeFile"][];
            log: {
                body: components["schemas"]["EventBody"];
            }[];
            output: {
                [key: string]: unknown;
            };
            steps: components["schemas"]["Step"][];
        };
        Error: {
            error: {
                message: string;
                name: string;
            };
            request: {
                method: string;
                /** @description Relative to `/api/scaffolder` or `/api/stagecraft` */
                url: string;
            };
            response: {
                statusCode: number;
            };
        };
        EventBody: {
            error?: {
                message: string;
                name: string;
            };
            /** @description Absent where `recoverStrategy` says it all */
            message?: string;
            /** @description The task's output, on completion */
            output?: unknown;
            /** @enum {string} */
            recoverStrategy?: "none" | "startOver";
            /** @enum {string} */
            status?: "processing" | "completed" | "failed" | "cancelled" | "skipped";
            stepId?: string;
        };
        ForwardedEvent: {
            /** @description An event of Backstage; the payload stands in `payload` or `eventPayload` */
            event: {
                eventPayload?: {
                    [key: string]: unknown;
                };
                /** @description The headers with which it came; `x-github-delivery` makes it one delivery however often it is sent */
                metadata?: {
                    [key: string]: unknown;
                };
                payload?: {
                    [key: string]: unknown;
                };
                /** @description `github.<event>`, or `github` with `x-github-event` in the metadata */
                topic: string;
            };
        };
        KeptRepository: {
            /** @description The commit that was read */
            commit?: string;
            /**
             * @description What is done with what is found
             * @enum {string}
             */
            delivery: "feed" | "pull-request" | "none";
            /** @description What was left to people (`yielded`), left out (`leftOut`), could not be read (`brokenFiles`, `unreadFiles`), each with the reason */
            details?: {
                [key: string]: unknown;
            };
            entities: {
                /** @description `kind:namespace/name` in lower case */
                entityRef: string;
                /** @description Whether it is this repository's to offer; false where another one made it first */
                offered: boolean;
            }[];
            /** @description The state in a sentence */
            note?: string;
            pullRequest?: {
                number: number;
                /**
                 * @description What became of it; `asked`: closed, and somebody wants another one
                 * @enum {string}
                 */
                state: "open" | "taken" | "declined" | "asked";
                /** @description Its page */
                url: string;
            };
            /**
             * Format: date-time
             * @description When it was read
             */
            readAt?: string;
            /** @description Host, owner and name, as the host writes them */
            repository: string;
            /**
             * @description `waiting`: not read yet; `offered`: entities are in the feed; `yielded`: its own catalog files say everything; `empty`: nothing to offer; `failed`: not read, what was offered stays; `kept`: not to be seen, but too much would go at once; `lost`: the App is not installed there any more; `gone`: its entities were taken away
             * @enum {string}
             */
            state: "waiting" | "offered" | "yielded" | "empty" | "failed" | "kept" | "lost" | "gone";
        };
        ListedEntity: {
            entity: {
                [key: string]: unknown;
            };
            entityRef: string;
            location: string;
        };
        ListedTemplate: {
            description?: string;
            /** @description Absent where it could not be read */
            entityRef?: string;
            errors: {
                column?: number;
                file: string;
                line?: number;
                message: string;
            }[];
            /** @description Source and file */
            place: string;
            title: string;
            usable: boolean;
        };
        MadeFile: {
            /** @description `***` for a file that stems from a secret */
            base64Content: string;
            executable: boolean;
            path: string;
            /** @description Only on links; the content is where the link leads */
            symlink?: boolean;
        };
        Onboarded: {
            owners: string[];
            repositories: string[];
        };
        OnboardRequest: {
            /**
             * @description Open a pull request although people closed one
             * @default false
             */
            again?: boolean;
            /**
             * @description `feed`: offer entities; `pull-request`: also bring a catalog file; `none`: look after them no more. Without it `feed`
             * @enum {string}
             */
            delivery?: "feed" | "pull-request" | "none";
            owners?: string[];
            repositories?: string[];
        };
        PostedFile: {
            base64Content: string;
            /** @description Relative to the template's folder */
            path: string;
        };
        RepositoryPage: {
            /** @description `after` of the next page; null on the last */
            next: string | null;
            owners: {
                /**
                 * @description What is done with what is found
                 * @enum {string}
                 */
                delivery: "feed" | "pull-request" | "none";
                /**
                 * Format: date-time
                 * @description When all of them were last looked at
                 */
                lookedAt?: string;
                /** @description Why the last look at them changed less than it found */
                note?: string;
                /** @description Host and owner */
                owner: string;
            }[];
            repositories: components["schemas"]["KeptRepository"][];
        };
        /** @description Never served again */
        Secrets: {
            [key: string]: string;
        };
        Step: {
            action: string;
            /** @description A text, a list or an object */
            each?: unknown;
            id: string;
            /** @description A text or a boolean */
            if?: unknown;
            input?: {
                [key: string]: unknown;
            };
            name: string;
        } & {
            [key: string]: unknown;
        };
        Task: {
            /**
             * Format: date-time
             * @example 2026-11-23T03:19:51.000Z
             */
            createdAt: string;
            /** @description The user behind it; absent for services */
            createdBy?: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            lastHeartbeatAt: string | null;
            spec: components["schemas"]["TaskSpec"];
            status: components["schemas"]["TaskStatus"];
        };
        TaskEvent: {
            body: components["schemas"]["EventBody"];
            /**
             * Format: date-time
             * @example 2026-11-23T03:19:51.000Z
             */
            createdAt: string;
            /** Format: int64 */
            id: number;
            /** @description Whether the stream stays open after a completion, as it does for templates that can be started over */
            isTaskRecoverable: boolean;
            /** Format: uuid */
            taskId: string;
            /** @enum {string} */
            type: "log" | "completion" | "cancelled" | "recovered";
        };
        TaskPage: {
            tasks: components["schemas"]["Task"][];
            /** @description Without limit and offset */
            totalTasks: number;
        };
        TaskReference: {
            /** Format: uuid */
            id: string;
        };
        TaskSpec: {
            apiVersion: string;
            EXPERIMENTAL_recovery?: {
                [key: string]: unknown;
            };
            output: {
                [key: string]: unknown;
            };
            parameters: {
                [key: string]: unknown;
            };
            steps: components["schemas"]["Step"][];
            templateInfo: {
                baseUrl?: string;
                entity?: {
                    [key: string]: unknown;
                };
                entityRef: string;
            };
            user: {
                entity?: {
                    [key: string]: unknown;
                };
                ref?: string;
            };
        };
        /** @enum {string} */
        TaskStatus: "open" | "processing" | "completed" | "failed" | "cancelled" | "skipped";
        TemplateParameterSchema: {
            description?: string;
            formDecorators?: {
                id: string;
                input?: {
                    [key: string]: unknown;
                };
            }[];
            presentation?: {
                [key: string]: unknown;
            };
            steps: {
                description?: string;
                /** @description The page as the author wrote it */
                schema: {
                    [key: string]: unknown;
                };
                title: string;
            }[];
            title: string;
            "ui:options"?: {
                [key: string]: unknown;
            };
        };
        TemplatePlace: {
            column?: number;
            file: string;
            line?: number;
        };
        TemplatingExtensions: {
            filters: {
                [key: string]: {
                    description?: string;
                    examples?: {
                        [key: string]: unknown;
                    }[];
                    schema?: {
                        [key: string]: unknown;
                    };
                };
            };
            globals: {
                functions: {
                    [key: string]: {
                        description?: string;
                        examples?: {
                            [key: string]: unknown;
                        }[];
                        schema?: {
                            [key: string]: unknown;
                        };
                    };
                };
                values: {
                    [key: string]: {
                        description?: string;
                        value?: unknown;
                    };
                };
            };
        };
        TrialCompleted: {
            comparison?: components["schemas"]["Comparison"];
            directoryContents: components["schemas"]["MadeFile"][];
            log: {
                body: components["schemas"]["EventBody"];
            }[];
            output: {
                [key: string]: unknown;
            };
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            status: "completed";
            steps: components["schemas"]["TrialStep"][];
            /** @description Git's id of the files, where they make a tree */
            treeId?: string;
        };
        TrialFailed: {
            directoryContents: components["schemas"]["MadeFile"][];
            error: {
                /** @description For example `spec.steps[0].input.url` */
                at?: string;
                message: string;
                name: string;
                place?: components["schemas"]["TemplatePlace"];
            };
            log: {
                body: components["schemas"]["EventBody"];
            }[];
            output: {
                [key: string]: unknown;
            };
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            status: "failed";
            steps: components["schemas"]["TrialStep"][];
            /** @description Git's id of the files, where they make a tree */
            treeId?: string;
        };
        TrialRefused: {
            problems: {
                /** @description For example `spec.steps[0].action` or `values.name`; empty for the whole template */
                at: string;
                message: string;
                place?: components["schemas"]["TemplatePlace"];
            }[];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            status: "refused";
        };
        TrialStep: {
            action: string;
            calls: {
                /** @description The rendered input; secrets read `***` */
                input: unknown;
                /** @description Key of the element of `each` */
                iteration?: string;
            }[];
            /**
             * @description `leftOut`: its action does not run in a dry run; the output is made of examples
             * @enum {string}
             */
            end: "ran" | "leftOut" | "skipped" | "failed";
            id: string;
            name: string;
            /** @description What later steps read of it */
            output: unknown;
        };
        ValidationError: {
            /** @description The keyword's value, for keywords that tell it */
            argument?: unknown;
            /** @description The value that broke it, if there is one; `{}` for secrets */
            instance?: unknown;
            message: string;
            /** @description The keyword */
            name: string;
            /** @description Keys and indexes down to the value */
            path: unknown[];
            /** @description The same as text, beginning with `instance` or `secrets` */
            property: string;
            /** @description The schema that was broken, or its `$id` */
            schema: unknown;
            stack: string;
        };
        ValidationErrors: {
            errors: components["schemas"]["ValidationError"][];
        };
    };
    responses: never;
    parameters: {
        /** @description Id of the action, such as `scaffolder:execute-template` */
        actionId: string;
        /** @description Id of the last event that the client has */
        after: number;
        /** @description Only tasks of these users */
        createdBy: string[];
        /** @description Only about this `owner/name`, or owner */
        deliveryAbout: string;
        /** @description Only those before this delivery: `next` of the page before */
        deliveryBefore: string;
        /** @description Only of this event */
        deliveryEvent: string;
        /** @description Name of the event */
        deliveryEventHeader: string;
        /** @description Id of the delivery, as GitHub shows it */
        deliveryId: string;
        /** @description At most so many */
        deliveryLimit: number;
        /** @description Id of the delivery; a second one of the same id has no effect */
        deliveryOfGitHub: string;
        /** @description `sha256=` and the HMAC of the body */
        deliverySignature: string;
        /** @description Only those */
        deliveryState: "received" | "planned" | "ignored" | "failed";
        /** @description The cursor of the last answer. One that means nothing to this service is answered with `reset` */
        feedAfter: string;
        /** @description At most so many changes; there may be less although `more` is true, when they are large */
        feedLimit: number;
        /** @description The caller's own name for the request; two callers may use the same one */
        idempotencyKey: string;
        /** @description `template`, in any letter case */
        kind: string;
        /** @description The same as `after`, as browsers send it when they reconnect; the larger one counts */
        lastEventId: number;
        /** @description At most so many */
        limit: components["schemas"]["Count"];
        /** @description Name of the template */
        name: string;
        /** @description Namespace of the template */
        namespace: string;
        /** @description Leave out so many */
        offset: components["schemas"]["Count"];
        /** @description `asc:` or `desc:` and `created_at`, `status` or `created_by`; without it the newest come first */
        order: string[];
        /** @description Who offers choices, for example `github` */
        provider: string;
        /** @description `next` of the page before */
        repositoryAfter: string;
        /** @description At most so many */
        repositoryLimit: number;
        /** @description Only those of `github.com/acme` */
        repositoryOwner: string;
        /** @description Only those in this state */
        repositoryState: string;
        /** @description What is to be chosen */
        resource: string;
        /** @description Only tasks in these states; one that is not known matches nothing */
        status: string[];
        /** @description Id of the task */
        taskId: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    GetBackstageLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
                };
            };
        };
    };
    GetBackstageReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They can */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
                };
            };
            /** @description They cannot */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The parts that do not answer */
                        failing: string[];
                        /** @enum {string} */
                        status: "error";
                    };
                };
            };
        };
    };
    ListAgentActions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The actions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        actions: {
                            attributes: {
                                destructive: boolean;
                                idempotent: boolean;
                                readOnly: boolean;
                            };
                            description: string;
                            id: string;
                            name: string;
                            pluginId: string;
                            schema: {
                                input: {
                                    [key: string]: unknown;
                                };
                                output: {
                                    [key: string]: unknown;
                                };
                            };
                            title: string;
                        }[];
                    };
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    InvokeAction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the action, such as `scaffolder:execute-template` */
                actionId: components["parameters"]["actionId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description What the action gives */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        output: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description The input does not fit the action's schema, or its values not the template's form */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it, or a service asks for tasks of its own */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such action or none that the caller may see, or no such task or template */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A step of a dry run failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    InvokeActionWrapped: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the action, such as `scaffolder:execute-template` */
                actionId: components["parameters"]["actionId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    input: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description What the action gives */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        output: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            /** @description The input does not fit the action's schema, or its values not the template's form */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it, or a service asks for tasks of its own */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such action or none that the caller may see, or no such task or template */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A step of a dry run failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ListScaffolderKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A set of JSON Web Keys */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: Record<string, never>[];
                    };
                };
            };
            /** @description The service has no keys of its own */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ApplyScaffolderConditions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: {
                        conditions: {
                            [key: string]: unknown;
                        };
                        id: string;
                        resourceRef: string | string[];
                        resourceType: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description A verdict for each resource */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            result: ("ALLOW" | "DENY") | ("ALLOW" | "DENY")[];
                        }[];
                    };
                };
            };
            /** @description The conditions or the type of resource cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A user asks */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Resources of this type have no references */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    GetScaffolderPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Permissions and rules */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        permissions: {
                            [key: string]: unknown;
                        }[];
                        rules: {
                            [key: string]: unknown;
                        }[];
                    };
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    GetApiDescription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.0.3 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ListActions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The actions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Action"][];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    Autocomplete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Who offers choices, for example `github` */
                provider: components["parameters"]["provider"];
                /** @description What is to be chosen */
                resource: components["parameters"]["resource"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    context: {
                        [key: string]: string;
                    };
                    token: string;
                };
            };
        };
        responses: {
            /** @description The choices */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: {
                            id: string;
                            title?: string;
                        }[];
                    };
                };
            };
            /** @description The provider, the resource or the host is not offered, or the token is empty */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The token may not see this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such repository */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The host cannot be reached, or did not answer in time */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    DryRun: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The files beside the template */
                    directoryContents: components["schemas"]["PostedFile"][];
                    secrets?: components["schemas"]["Secrets"];
                    /** @description The Template entity */
                    template: {
                        [key: string]: unknown;
                    };
                    /** @description Values of the form */
                    values: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description What would happen */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunResult"];
                };
            };
            /** @description Values, secrets, the template or a file cannot be used */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidationErrors"] | components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A file's path leads out of the template's folder, or Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A step names an action, or something else, that is not there */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A step failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ListTasks: {
        parameters: {
            query?: {
                /** @description Only tasks of these users */
                createdBy?: components["parameters"]["createdBy"];
                /** @description At most so many */
                limit?: components["parameters"]["limit"];
                /** @description Leave out so many */
                offset?: components["parameters"]["offset"];
                /** @description `asc:` or `desc:` and `created_at`, `status` or `created_by`; without it the newest come first */
                order?: components["parameters"]["order"];
                /** @description Only tasks in these states; one that is not known matches nothing */
                status?: components["parameters"]["status"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of tasks */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPage"];
                };
            };
            /** @description A filter cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    Scaffold: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the request; two callers may use the same one */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    secrets?: components["schemas"]["Secrets"];
                    /** @description For example `template:default/service`; kind and namespace may be left out */
                    templateRef: string;
                    /** @description Values of the form */
                    values: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description The task was created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskReference"];
                };
            };
            /** @description Values or secrets do not fit, the template is broken, or a step names an action that is not there */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidationErrors"] | components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such template */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key stands for a task with another template or other values */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The database or the template's repository is away, or Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    GetTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the task */
                taskId: components["parameters"]["taskId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such task */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    CancelTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the task */
                taskId: components["parameters"]["taskId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was asked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "cancelled";
                    };
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such task */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    StreamLogsPolling: {
        parameters: {
            query?: {
                /** @description Id of the last event that the client has */
                after?: components["parameters"]["after"];
            };
            header?: never;
            path: {
                /** @description Id of the task */
                taskId: components["parameters"]["taskId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events in order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskEvent"][];
                };
            };
            /** @description `after` is not an integer */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such task */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    StreamLogsEventStream: {
        parameters: {
            query?: {
                /** @description Id of the last event that the client has */
                after?: components["parameters"]["after"];
            };
            header?: {
                /** @description The same as `after`, as browsers send it when they reconnect; the larger one counts */
                "Last-Event-ID"?: components["parameters"]["lastEventId"];
            };
            path: {
                /** @description Id of the task */
                taskId: components["parameters"]["taskId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `event:` is the event's type, `data:` the event as JSON, `id:` its id */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description `after` is not an integer */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such task */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    Retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the task */
                taskId: components["parameters"]["taskId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    secrets?: components["schemas"]["Secrets"];
                };
            };
        };
        responses: {
            /** @description It will run again, under the same id */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskReference"];
                };
            };
            /** @description The secrets do not fit */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidationErrors"] | components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such task */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It has not ended */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    GetTemplateParameterSchema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `template`, in any letter case */
                kind: components["parameters"]["kind"];
                /** @description Name of the template */
                name: components["parameters"]["name"];
                /** @description Namespace of the template */
                namespace: components["parameters"]["namespace"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The form */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateParameterSchema"];
                };
            };
            /** @description The kind is not `template`, or the template is broken */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such template */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ListTemplatingExtensions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The filters and globals */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplatingExtensions"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ListStagecraftKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A set of JSON Web Keys */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: Record<string, never>[];
                    };
                };
            };
            /** @description The service has no keys of its own */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ApplyStagecraftConditions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: {
                        conditions: {
                            [key: string]: unknown;
                        };
                        id: string;
                        resourceRef: string | string[];
                        resourceType: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description A verdict for each resource */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            result: ("ALLOW" | "DENY") | ("ALLOW" | "DENY")[];
                        }[];
                    };
                };
            };
            /** @description The conditions or the type of resource cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A user asks */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Resources of this type have no references */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    GetStagecraftPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Permissions and rules */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        permissions: {
                            [key: string]: unknown;
                        }[];
                        rules: {
                            [key: string]: unknown;
                        }[];
                    };
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    AnalyzeLocation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnalyzeLocationRequest"];
            };
        };
        responses: {
            /** @description What is there, or what could be */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyzeLocationResponse"];
                };
            };
            /** @description The address cannot be understood or is not on a host that is read, or its catalog file is broken */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The caller is a user, or the repository's host refuses to be read */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such repository, branch or folder */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The repository cannot be reached, or not read in time */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ListCatalogChanges: {
        parameters: {
            query?: {
                /** @description The cursor of the last answer. One that means nothing to this service is answered with `reset` */
                after?: components["parameters"]["feedAfter"];
                /** @description At most so many changes; there may be less although `more` is true, when they are large */
                limit?: components["parameters"]["feedLimit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the feed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogChanges"];
                };
            };
            /** @description The query is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The caller is a user */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ListDeliveries: {
        parameters: {
            query?: {
                /** @description Only about this `owner/name`, or owner */
                about?: components["parameters"]["deliveryAbout"];
                /** @description Only those before this delivery: `next` of the page before */
                before?: components["parameters"]["deliveryBefore"];
                /** @description Only of this event */
                event?: components["parameters"]["deliveryEvent"];
                /** @description At most so many */
                limit?: components["parameters"]["deliveryLimit"];
                /** @description Only those */
                state?: components["parameters"]["deliveryState"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveries: components["schemas"]["Delivery"][];
                        /** @description `before` of the next page, if there may be one */
                        next?: string;
                    };
                };
            };
            /** @description The query is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The caller is a user */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    GetDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the delivery, as GitHub shows it */
                deliveryId: components["parameters"]["deliveryId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The caller is a user */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is none of that id, or it is no longer kept */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ReplayDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the delivery, as GitHub shows it */
                deliveryId: components["parameters"]["deliveryId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The caller is a user */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is none of that id, or it is no longer kept */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It was ignored, or has not been planned yet */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    TryOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    compare?: components["schemas"]["CompareWith"];
                    /** @description The files beside a posted template */
                    directoryContents?: components["schemas"]["PostedFile"][];
                    /**
                     * @description Fill in defaults of the form first
                     * @default true
                     */
                    fillDefaults?: boolean;
                    /**
                     * @description Keep the text of a failing expression, as a task does, instead of failing the step
                     * @default false
                     */
                    keepExpressionErrors?: boolean;
                    secrets?: components["schemas"]["Secrets"];
                    /** @description A Template entity */
                    template?: {
                        [key: string]: unknown;
                    };
                    /** @description A template of the library, such as `service`; either this or `template` */
                    templateRef?: string;
                    /** @description Values of the form */
                    values?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description What was found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrialRefused"] | components["schemas"]["TrialFailed"] | components["schemas"]["TrialCompleted"];
                };
            };
            /** @description The request or a file in it cannot be used */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A file's path leads out of the template's folder, or Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such template, or no such repository to compare with */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A repository is away, or Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ListEntities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entities */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entities: components["schemas"]["ListedEntity"][];
                    };
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A user of Backstage asks: its catalog shows him what he may see */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ForwardEvent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForwardedEvent"];
            };
        };
        responses: {
            /** @description It is stored */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Whether it was here already */
                        repeated: boolean;
                    };
                };
            };
            /** @description It is not an event of a GitHub that the settings name */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The caller is a user */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It was not stored */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ListRepositories: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                after?: components["parameters"]["repositoryAfter"];
                /** @description At most so many */
                limit?: components["parameters"]["repositoryLimit"];
                /** @description Only those of `github.com/acme` */
                owner?: components["parameters"]["repositoryOwner"];
                /** @description Only those in this state */
                state?: components["parameters"]["repositoryState"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of repositories */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RepositoryPage"];
                };
            };
            /** @description The query is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user see it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    OnboardRepositories: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OnboardRequest"];
            };
        };
        responses: {
            /** @description What was understood */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Onboarded"];
                };
            };
            /** @description A name is none, or of a host that no forge serves; nothing was changed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage's policy does not let the user do it */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ListTemplates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The templates */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        templates: components["schemas"]["ListedTemplate"][];
                    };
                };
            };
            /** @description No token, or one that is not known */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Backstage cannot be asked what the user may do */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    GetHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
                };
            };
        };
    };
    GetMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    GetOpenApiDescription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.0.3 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    GetReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They can */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
                };
            };
            /** @description They cannot */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The parts that do not answer */
                        failing: string[];
                        /** @enum {string} */
                        status: "error";
                    };
                };
            };
        };
    };
    ReceiveGitHubDelivery: {
        parameters: {
            query?: never;
            header: {
                /** @description Id of the delivery; a second one of the same id has no effect */
                "X-GitHub-Delivery": components["parameters"]["deliveryOfGitHub"];
                /** @description Name of the event */
                "X-GitHub-Event": components["parameters"]["deliveryEventHeader"];
                /** @description `sha256=` and the HMAC of the body */
                "X-Hub-Signature-256": components["parameters"]["deliverySignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description It is stored */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Whether it was here already */
                        repeated: boolean;
                    };
                };
            };
            /** @description A header is missing, the body is empty, or its content type is not JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It is not signed, or with another secret */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The settings name no secret, so no deliveries are expected */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It is larger than 25 MB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It was not stored */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
