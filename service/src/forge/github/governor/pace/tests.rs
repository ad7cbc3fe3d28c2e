use std::collections::BTreeMap;

use super::*;

fn limits(minute: u32, hour: u32) -> GitHubLimits {
    GitHubLimits { content_per_minute: minute, content_per_hour: hour, ..GitHubLimits::default() }
}

fn ledger(now_ms: i64, counted_ms: &[i64], ahead: usize) -> Ledger {
    Ledger { now_ms, counted_ms: counted_ms.to_vec(), ahead, ..Ledger::default() }
}

#[test]
fn there_is_no_queue_without_limits() {
    assert!(Pace::new(&limits(0, 0)).is_free());
    assert_eq!(Pace::new(&limits(0, 0)).turn_ms(&ledger(5, &[5; 900], 900)), 5);
    assert!(!Pace::new(&limits(0, 1)).is_free());
}

#[test]
fn one_goes_when_the_oldest_has_left_the_window() {
    let pace = Pace::new(&limits(2, 0));

    assert_eq!(pace.turn_ms(&ledger(1_000, &[], 0)), 1_000);
    assert_eq!(pace.turn_ms(&ledger(1_000, &[400, 900], 0)), 400 + 60_251);
    assert_eq!(pace.turn_ms(&ledger(1_000, &[900, 400], 1)), 900 + 60_251);
    assert_eq!(pace.turn_ms(&ledger(1_000, &[900, 400], 2)), 400 + 2 * 60_251);
    // One under way has not left before it is answered.
    assert!(pace.turn_ms(&ledger(70_000, &[400, 90_000, 90_000], 0)) > 70_000);
}

#[test]
fn nobody_goes_in_a_pause() {
    let pace = Pace::new(&limits(2, 0));

    let paused = Ledger { paused_until_ms: 9_000, ..ledger(1_000, &[], 0) };

    assert_eq!(pace.turn_ms(&paused), 9_000);
}

#[test]
fn what_is_left_is_told_for_each_window() {
    let (pace, both) = (Pace::new(&limits(80, 500)), limits(80, 500));
    let counted: Vec<i64> = (0..100).map(|number| number * 1_000).collect();

    assert_eq!(pace.left(&both, &ledger(100_000, &counted, 0)), [Some(20), Some(400)]);
    assert_eq!(Pace::new(&limits(0, 500)).left(&limits(0, 500), &ledger(0, &[], 0)), [None, Some(500)]);
}

#[test]
fn limits_met_again_and_again_make_the_pause_longer_up_to_a_quarter_of_an_hour() {
    let pace = Pace::new(&limits(80, 500));
    let pauses: Vec<i64> =
        (0..8).map(|strikes| pace.pause_ms(Duration::from_secs(60), strikes) / 1_000).collect();

    assert_eq!(pauses, [60, 120, 240, 480, 900, 900, 900, 900]);
    assert_eq!(pace.pause_ms(Duration::from_secs(3_000), 5), 3_000_000);
}

#[test]
fn a_length_of_time_that_makes_no_sense_is_a_minute() {
    for seconds in [f64::NAN, -1.0, f64::INFINITY] {
        assert_eq!(Pace::new(&GitHubLimits { minute_seconds: seconds, ..limits(1, 1) }).minute_ms(), 60_000);
    }
}

/// SplitMix64: the same seed gives the same story.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn time(&mut self, most: u64) -> i64 {
        i64::try_from(self.roll(most)).unwrap()
    }
}

/// What happens to a request.
#[derive(Clone, Copy)]
enum Happens {
    Comes,
    Looks(usize),
    IsAnswered(usize),
}

/// Requests of one story.
const REQUESTS: usize = 24;

/// A day at GitHub's door: requests come, look whether it is their turn, are sent, arrive after a while and are
/// answered after another; some go away while they wait, and processes with some of them stop for ever.
struct Story {
    pace: Pace,
    dice: Dice,
    agenda: BTreeMap<(i64, u64), Happens>,
    events: u64,
    waiting: Vec<usize>,
    /// The last moment of each request that was let go.
    counted: BTreeMap<usize, i64>,
    /// When each was let go and when it arrived.
    gone: Vec<(usize, i64, i64)>,
    came: usize,
    lost: usize,
    /// Longest time between being let go and being answered.
    slow: u64,
}

impl Story {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let minute = u32::try_from(1 + dice.roll(9)).unwrap();
        let hour = u32::try_from(dice.roll(40)).unwrap();
        let pace = Pace::new(&GitHubLimits { minute_seconds: 0.6, ..limits(minute, hour) });
        let slow = 1 + dice.roll(900);
        let mut story = Self {
            pace,
            dice,
            agenda: BTreeMap::new(),
            events: 0,
            waiting: Vec::new(),
            counted: BTreeMap::new(),
            gone: Vec::new(),
            came: 0,
            lost: 0,
            slow,
        };
        for _ in 0..REQUESTS {
            let at = story.dice.time(2_000);
            story.plan(at, Happens::Comes);
        }
        story
    }

    fn plan(&mut self, at: i64, happens: Happens) {
        self.events += 1;
        self.agenda.insert((at, self.events), happens);
    }

    fn run(&mut self) {
        while let Some(((now, _), happens)) = self.agenda.pop_first() {
            match happens {
                Happens::Comes => {
                    let request = self.came;
                    self.came += 1;
                    self.waiting.push(request);
                    self.look(request, now);
                }
                Happens::Looks(request) => self.look(request, now),
                Happens::IsAnswered(request) => {
                    self.counted.insert(request, now);
                }
            }
        }
    }

    fn look(&mut self, request: usize, now: i64) {
        if self.dice.roll(40) == 0 {
            // It goes away, and says so.
            self.waiting.retain(|other| *other != request);
            self.lost += 1;
            return;
        }
        let ahead = self.waiting.iter().filter(|other| **other < request).count();
        let mut newest: Vec<i64> = self.counted.values().copied().collect();
        newest.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
        newest.truncate(usize::try_from(self.pace.memory()).unwrap());
        let ledger = Ledger { now_ms: now, paused_until_ms: 0, counted_ms: newest, ahead };
        let turn = self.pace.turn_ms(&ledger);
        if turn > now {
            // Some wake on time, some late, some for nothing.
            let late = self.dice.time(60);
            let at = if self.dice.roll(10) == 0 { now + 1 + late } else { turn + late };
            return self.plan(at, Happens::Looks(request));
        }
        let earlier_wait_still = self.waiting.iter().filter(|other| **other < request).count();
        assert_eq!(earlier_wait_still, ahead);
        self.waiting.retain(|other| *other != request);
        let arrives = now + self.dice.time(self.slow);
        let answered = arrives + self.dice.time(self.slow);
        self.gone.push((request, now, arrives));
        if self.dice.roll(30) == 0 {
            // Its process is gone: it counts until the time that it may take is over.
            let over = now + 2 * i64::try_from(self.slow).unwrap();
            self.counted.insert(request, over);
        } else {
            self.counted.insert(request, i64::MAX / 4);
            self.plan(answered, Happens::IsAnswered(request));
        }
    }

    fn assert_no_window_is_exceeded(&self, seed: u64) {
        let mut arrivals: Vec<i64> = self.gone.iter().map(|(.., arrives)| *arrives).collect();
        arrivals.sort_unstable();
        for window in &self.pace.windows {
            // The length that GitHub counts by is shorter than ours by the slack.
            let length = if window.length_ms > 2_000 { 36_000 } else { 600 };
            for pair in arrivals.windows(window.limit + 1) {
                let (first, last) = (pair[0], pair[window.limit]);
                assert!(last - first > length, "seed {seed}: {} in {} ms", pair.len(), last - first);
            }
        }
    }
}

#[test]
fn no_window_is_exceeded_and_nobody_is_forgotten_whatever_happens() {
    let mut sent = 0;

    for seed in 0..10_000 {
        let mut story = Story::new(seed);
        story.run();

        story.assert_no_window_is_exceeded(seed);
        assert!(story.waiting.is_empty(), "seed {seed}: everybody who stays goes in the end");
        assert_eq!(story.gone.len() + story.lost, REQUESTS, "seed {seed}");
        sent += story.gone.len();
    }

    assert!(sent > 150_000, "{sent} requests were sent");
}

#[test]
fn whoever_came_first_goes_first_when_all_wake_on_time() {
    let pace = Pace::new(&limits(3, 0));
    let mut dice = Dice(7);

    for _ in 0..10_000 {
        let counted: Vec<i64> = (0..dice.roll(6)).map(|_| 100_000 - dice.time(70_000)).collect();
        let turns: Vec<i64> = (0..10).map(|ahead| pace.turn_ms(&ledger(100_000, &counted, ahead))).collect();

        assert!(turns.is_sorted(), "{counted:?}: {turns:?}");
        // Nobody behind could go earlier by being alone.
        assert!(turns[0] <= turns[9]);
    }
}
