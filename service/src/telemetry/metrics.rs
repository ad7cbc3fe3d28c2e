//! The numbers of this process: tasks, steps, requests, open streams, and the depth of the queue.
//!
//! A small registry instead of a library: the families are few and fixed. Names of task and step families are
//! Backstage's, so that its dashboards go on working. The invariant: the label sets of a family never differ.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::text::{family, sample};

/// Upper bounds of the duration buckets, in seconds.
const BUCKETS: [f64; 12] = [0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];

/// How a task or a step ended, in the words of Backstage's metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Well.
    Ok,
    /// With an error.
    Failed,
    /// Stopped by somebody.
    Cancelled,
    /// Not run.
    Skipped,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }
}

/// Which step ended.
#[derive(Clone, Copy, Debug)]
pub struct StepLabels<'a> {
    /// Reference of the template.
    pub template: &'a str,
    /// Name of the step.
    pub step: &'a str,
}

/// How many jobs are in which state, asked of the queue when the numbers are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueDepth {
    /// Waiting.
    pub ready: i64,
    /// Being worked on.
    pub leased: i64,
    /// Given up.
    pub dead: i64,
}

/// What waits between GitHub and the catalog, asked of the database when the numbers are rendered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CatalogDepth {
    /// Deliveries that are not planned.
    pub deliveries_waiting: i64,
    /// Deliveries that could not be understood.
    pub deliveries_failed: i64,
    /// Changes that wait.
    pub changes_waiting: i64,
    /// Seconds since the oldest of them came.
    pub oldest_change_s: f64,
    /// Repositories whose removal the guards refuse.
    pub removals_refused: i64,
}

impl CatalogDepth {
    fn gauges(&self) -> [(&'static str, &'static str, f64); 5] {
        [
            (
                "stagecraft_deliveries_waiting",
                "Deliveries that are stored and not planned.",
                self.deliveries_waiting as f64,
            ),
            (
                "stagecraft_deliveries_failed",
                "Deliveries that could not be understood.",
                self.deliveries_failed as f64,
            ),
            (
                "stagecraft_catalog_changes_waiting",
                "Changes that the catalog has not seen to.",
                self.changes_waiting as f64,
            ),
            (
                "stagecraft_catalog_oldest_change_seconds",
                "Seconds that the oldest of them waits.",
                self.oldest_change_s,
            ),
            (
                "stagecraft_catalog_removals_refused",
                "Repositories that are not to be seen and keep their entities, because too many would go at once.",
                self.removals_refused as f64,
            ),
        ]
    }
}

/// How one account stands with GitHub's limits, asked of the database when the numbers are rendered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GitHubAccount {
    /// The host.
    pub host: String,
    /// Whose limits they are: `installation/7`.
    pub account: String,
    /// Changes that may be made within this minute; none where there is no limit.
    pub left_this_minute: Option<usize>,
    /// The same for this hour.
    pub left_this_hour: Option<usize>,
    /// Points that this process may spend within this minute.
    pub points_left: Option<u32>,
    /// Requests that wait for their turn, of all processes.
    pub waiting: usize,
    /// Seconds for which nobody asks, because GitHub said so.
    pub paused_s: f64,
}

/// What is asked of others when the numbers are rendered. What is none (the database is away) is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Depths {
    /// Of the queue.
    pub queue: Option<QueueDepth>,
    /// Between GitHub and the catalog.
    pub catalog: Option<CatalogDepth>,
    /// At GitHub's limits.
    pub github: Vec<GitHubAccount>,
}

/// Counts. Cheap to clone; every clone counts into the same registry.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    series: Mutex<Series>,
    streams: AtomicI64,
}

#[derive(Debug, Default)]
struct Series {
    tasks: BTreeMap<[String; 2], Histogram>,
    steps: BTreeMap<[String; 3], Histogram>,
    requests: BTreeMap<[String; 3], Histogram>,
    deliveries: BTreeMap<[String; 2], u64>,
}

#[derive(Clone, Debug, Default)]
struct Histogram {
    counts: [u64; BUCKETS.len()],
    count: u64,
    sum: f64,
}

impl Histogram {
    fn add(&mut self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        for (count, bound) in self.counts.iter_mut().zip(BUCKETS) {
            *count += u64::from(seconds <= bound);
        }
        self.count += 1;
        self.sum += seconds;
    }
}

/// Counts an open event stream for as long as it lives.
#[derive(Debug)]
pub struct StreamGuard {
    inner: Arc<Inner>,
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        self.inner.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// An empty registry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a task that ended.
    pub fn task_ended(&self, template: &str, outcome: Outcome, duration: Duration) {
        let key = [template.to_owned(), outcome.as_str().to_owned()];
        self.series().tasks.entry(key).or_default().add(duration);
    }

    /// Counts a step that ended.
    pub fn step_ended(&self, step: StepLabels<'_>, outcome: Outcome, duration: Duration) {
        let key = [step.template.to_owned(), step.step.to_owned(), outcome.as_str().to_owned()];
        self.series().steps.entry(key).or_default().add(duration);
    }

    /// Counts a request that was answered. `route` is the pattern, not the path.
    pub fn request_answered(&self, method: &str, route: &str, status: u16, duration: Duration) {
        let key = [method.to_owned(), route.to_owned(), status.to_string()];
        self.series().requests.entry(key).or_default().add(duration);
    }

    /// Counts a step of a delivery's way: `received`, `repeated`, `refused`, `planned`, `ignored`, `failed`.
    pub fn delivery(&self, event: &str, outcome: &str) {
        *self.series().deliveries.entry([event.to_owned(), outcome.to_owned()]).or_default() += 1;
    }

    /// Counts an event stream until the guard is dropped.
    #[must_use]
    pub fn stream_opened(&self) -> StreamGuard {
        self.inner.streams.fetch_add(1, Ordering::Relaxed);
        StreamGuard { inner: Arc::clone(&self.inner) }
    }

    /// Everything, in Prometheus' text form.
    pub fn render(&self, depths: &Depths) -> String {
        let mut out = String::new();
        {
            let series = self.series();
            durations(&mut out, &TASKS, &series.tasks);
            durations(&mut out, &STEPS, &series.steps);
            durations(&mut out, &REQUESTS, &series.requests);
            family(
                &mut out,
                DELIVERIES,
                "counter",
                "Deliveries of GitHub, by event and what became of them.",
            );
            for ([event, outcome], count) in &series.deliveries {
                let labels = [("event", event.as_str()), ("outcome", outcome.as_str())];
                sample(&mut out, DELIVERIES, &labels, *count as f64);
            }
        }
        family(&mut out, "stagecraft_event_streams_open", "gauge", "Event streams that are open now.");
        let streams = self.inner.streams.load(Ordering::Relaxed);
        sample(&mut out, "stagecraft_event_streams_open", &[], streams as f64);
        if let Some(queue) = depths.queue {
            family(&mut out, "stagecraft_queue_jobs", "gauge", "Jobs of the queue by state.");
            for (state, jobs) in [("ready", queue.ready), ("leased", queue.leased), ("dead", queue.dead)] {
                sample(&mut out, "stagecraft_queue_jobs", &[("state", state)], jobs as f64);
            }
        }
        if let Some(depth) = depths.catalog {
            for (name, help, value) in depth.gauges() {
                family(&mut out, name, "gauge", help);
                sample(&mut out, name, &[], value);
            }
        }
        accounts(&mut out, &depths.github);
        out
    }

    fn series(&self) -> MutexGuard<'_, Series> {
        // Nothing panics while the lock is held; numbers are worth reading even if something did.
        self.inner.series.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The gauges of GitHub's limits; none where no account is known.
fn accounts(out: &mut String, accounts: &[GitHubAccount]) {
    if accounts.is_empty() {
        return;
    }
    let left = "stagecraft_github_changes_left";
    family(out, left, "gauge", "Changes that GitHub's limits leave, by host, account and window.");
    for one in accounts {
        for (window, value) in [("minute", one.left_this_minute), ("hour", one.left_this_hour)] {
            if let Some(value) = value {
                let labels = [one.labels().as_slice(), &[("window", window)]].concat();
                sample(out, left, &labels, value as f64);
            }
        }
    }
    let points = "stagecraft_github_points_left";
    family(out, points, "gauge", "Points that this process may spend within a minute, by host and account.");
    for one in accounts {
        if let Some(value) = one.points_left {
            sample(out, points, &one.labels(), f64::from(value));
        }
    }
    let waiting = "stagecraft_github_changes_waiting";
    family(out, waiting, "gauge", "Changes that wait for GitHub's limits, by host and account.");
    for one in accounts {
        sample(out, waiting, &one.labels(), one.waiting as f64);
    }
    let paused = "stagecraft_github_paused_seconds";
    family(out, paused, "gauge", "Seconds for which GitHub is not asked, because it said so.");
    for one in accounts {
        sample(out, paused, &one.labels(), one.paused_s);
    }
}

impl GitHubAccount {
    fn labels(&self) -> [(&'static str, &str); 2] {
        [("host", self.host.as_str()), ("account", self.account.as_str())]
    }
}

struct Family<const N: usize> {
    count: &'static str,
    count_help: &'static str,
    duration: &'static str,
    duration_help: &'static str,
    labels: [&'static str; N],
}

const DELIVERIES: &str = "stagecraft_deliveries";

const TASKS: Family<2> = Family {
    count: "scaffolder_task_count",
    count_help: "Tasks that ended, by template and result.",
    duration: "scaffolder_task_duration",
    duration_help: "Seconds from the start of a task to its end.",
    labels: ["template", "result"],
};

const STEPS: Family<3> = Family {
    count: "scaffolder_step_count",
    count_help: "Steps that ended, by template, step and result.",
    duration: "scaffolder_step_duration",
    duration_help: "Seconds from the start of a step to its end.",
    labels: ["template", "step", "result"],
};

const REQUESTS: Family<3> = Family {
    count: "stagecraft_http_requests",
    count_help: "Requests answered, by method, route and status.",
    duration: "stagecraft_http_request_duration",
    duration_help: "Seconds until the head of the answer.",
    labels: ["method", "route", "status"],
};

fn durations<const N: usize>(out: &mut String, names: &Family<N>, series: &BTreeMap<[String; N], Histogram>) {
    family(out, names.count, "counter", names.count_help);
    for (values, histogram) in series {
        sample(out, names.count, &labelled(names, values), histogram.count as f64);
    }
    family(out, names.duration, "histogram", names.duration_help);
    let (bucket, sum, count) = (
        format!("{}_bucket", names.duration),
        format!("{}_sum", names.duration),
        format!("{}_count", names.duration),
    );
    for (values, histogram) in series {
        let labels = labelled(names, values);
        for (bound, counted) in BUCKETS.iter().zip(histogram.counts) {
            let bound = bound.to_string();
            let with_bound = [labels.as_slice(), &[("le", bound.as_str())]].concat();
            sample(out, &bucket, &with_bound, counted as f64);
        }
        let with_bound = [labels.as_slice(), &[("le", "+Inf")]].concat();
        sample(out, &bucket, &with_bound, histogram.count as f64);
        sample(out, &sum, &labels, histogram.sum);
        sample(out, &count, &labels, histogram.count as f64);
    }
}

fn labelled<'a, const N: usize>(names: &Family<N>, values: &'a [String; N]) -> Vec<(&'static str, &'a str)> {
    names.labels.into_iter().zip(values.iter().map(String::as_str)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_counted_by_template_and_result() {
        let metrics = Metrics::new();
        metrics.task_ended("template:default/demo", Outcome::Ok, Duration::from_millis(200));
        metrics.task_ended("template:default/demo", Outcome::Ok, Duration::from_secs(2));
        metrics.task_ended("template:default/demo", Outcome::Failed, Duration::from_secs(2));

        let text = metrics.render(&Depths::default());

        assert!(
            text.contains("scaffolder_task_count{template=\"template:default/demo\",result=\"ok\"} 2\n"),
            "{text}"
        );
        assert!(
            text.contains("scaffolder_task_count{template=\"template:default/demo\",result=\"failed\"} 1\n"),
            "{text}"
        );
    }

    #[test]
    fn buckets_are_cumulative() {
        let metrics = Metrics::new();
        let step = StepLabels { template: "t", step: "s" };
        metrics.step_ended(step, Outcome::Ok, Duration::from_millis(200));
        metrics.step_ended(step, Outcome::Ok, Duration::from_secs(2));

        let text = metrics.render(&Depths::default());

        for (bound, count) in [("0.1", 0), ("0.25", 1), ("2.5", 2), ("+Inf", 2)] {
            let line = format!(
                "scaffolder_step_duration_bucket{{template=\"t\",step=\"s\",result=\"ok\",le=\"{bound}\"}} {count}\n"
            );
            assert!(text.contains(&line), "{line} in {text}");
        }
        assert!(
            text.contains("scaffolder_step_duration_sum{template=\"t\",step=\"s\",result=\"ok\"} 2.2\n"),
            "{text}"
        );
    }

    #[test]
    fn a_stream_is_counted_until_its_guard_is_dropped() {
        let metrics = Metrics::new();

        let guard = metrics.stream_opened();
        assert!(metrics.render(&Depths::default()).contains("stagecraft_event_streams_open 1\n"));
        drop(guard);

        assert!(metrics.render(&Depths::default()).contains("stagecraft_event_streams_open 0\n"));
    }

    #[test]
    fn the_queue_is_left_out_when_it_cannot_be_asked() {
        let metrics = Metrics::new();
        let depth = QueueDepth { ready: 3, leased: 2, dead: 1 };

        assert!(
            metrics
                .render(&Depths { queue: Some(depth), ..Depths::default() })
                .contains("stagecraft_queue_jobs{state=\"dead\"} 1\n")
        );
        assert!(!metrics.render(&Depths::default()).contains("stagecraft_queue_jobs"));
    }

    #[test]
    fn a_delivery_is_counted_by_event_and_outcome() {
        let metrics = Metrics::new();
        metrics.delivery("push", "received");
        metrics.delivery("push", "received");
        let depth = CatalogDepth {
            changes_waiting: 3,
            oldest_change_s: 1.5,
            removals_refused: 2,
            ..CatalogDepth::default()
        };

        let text = metrics.render(&Depths { catalog: Some(depth), ..Depths::default() });

        assert!(text.contains("stagecraft_deliveries{event=\"push\",outcome=\"received\"} 2\n"), "{text}");
        assert!(text.contains("stagecraft_catalog_changes_waiting 3\n"), "{text}");
        assert!(text.contains("stagecraft_catalog_oldest_change_seconds 1.5\n"), "{text}");
        assert!(text.contains("stagecraft_catalog_removals_refused 2\n"), "{text}");
    }

    #[test]
    fn an_account_without_a_limit_has_no_number_for_it() {
        let account = GitHubAccount {
            host: "github.com".to_owned(),
            account: "installation/7".to_owned(),
            left_this_hour: Some(420),
            points_left: Some(890),
            waiting: 12,
            ..GitHubAccount::default()
        };

        let text = Metrics::new().render(&Depths { github: vec![account], ..Depths::default() });

        let whose = "host=\"github.com\",account=\"installation/7\"";
        for line in [
            format!("stagecraft_github_changes_left{{{whose},window=\"hour\"}} 420\n"),
            format!("stagecraft_github_points_left{{{whose}}} 890\n"),
            format!("stagecraft_github_changes_waiting{{{whose}}} 12\n"),
            format!("stagecraft_github_paused_seconds{{{whose}}} 0\n"),
        ] {
            assert!(text.contains(&line), "{line} in {text}");
        }
        assert!(!text.contains("window=\"minute\""), "{text}");
        assert!(!Metrics::new().render(&Depths::default()).contains("github"));
    }
}
